/** A renderer that the operator approves. Repositories call it by its name and say nothing about what it runs. */
export interface RendererPlugin {
  name: string
  /** Whole path of the program. */
  program: string
  /** Whole, as the program gets them; nothing of a repository is added. */
  arguments: string[]
  /** Whole paths of further files and folders of the machine that it may read: an interpreter's libraries, say. */
  readable: string[]
}

import type { FileContent } from '../../domain/repository-files.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Edit } from './edit-yaml.ts'

/** One thing that is to stand in another version. */
export interface Move {
  kind: 'image' | 'chart' | 'field' | 'file'
  /** The image without its tag, the chart, `file: field`, or the path of the file. */
  name: string
  before: string
  after: string
}

/** An edit of one of the target's files. */
export interface PlacedEdit {
  path: string
  edit: Edit
}

/** What one of the promoted things comes to. */
export interface Carried {
  moves: Move[]
  edits: PlacedEdit[]
  /** Whole files; they win over edits. */
  files: Record<string, FileContent>
  /** Why it cannot be carried; nothing of the promotion is then. */
  problem?: Problem
}

export function carried(moves: Move[], rest: Partial<Omit<Carried, 'moves'>> = {}): Carried {
  return { moves, edits: [], files: {}, ...rest }
}

import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The git directory of a clone, bare or not. */
export type GitFolder = string

/** Runs the installed git; `environment` adds to this process's own. */
export async function git(
  repository: GitFolder,
  arguments_: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await run('git', ['--git-dir', repository, ...arguments_], {
    maxBuffer: 1024 ** 3,
    env: { ...process.env, ...environment },
  })
  return stdout
}

/** The git directory of a folder that a person names. */
export async function gitFolder(folder: string): Promise<GitFolder> {
  const { stdout } = await run('git', ['-C', folder, 'rev-parse', '--absolute-git-dir'])
  return stdout.trim()
}

/** Path → object id of every file and folder of a revision; '.' is the whole tree. */
export type Listing = ReadonlyMap<string, string>

/** A revision laid out by git itself, as a clone of it would be. */
export interface WorkTree {
  folder: string
  listing: Listing
}

/** Brings the files of a work tree of our own to a revision; only what differs is written. */
export async function checkOut(repository: GitFolder, folder: string, revision: string): Promise<WorkTree> {
  await mkdir(folder, { recursive: true })
  const index = { GIT_INDEX_FILE: `${folder}.index` }
  const inFolder = (...command: string[]) => git(repository, ['--work-tree', folder, ...command], index)
  const isWhole = await inFolder('read-tree', '--reset', '-u', revision).then(
    () => true,
    () => false,
  )
  if (!isWhole) {
    // The clone lacks blobs, as a partial one does: what there is is laid out afresh.
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
    await inFolder('read-tree', '--reset', revision)
    await inFolder('checkout-index', '--all', '--force', '--quiet').catch(() => {})
    await rm(index.GIT_INDEX_FILE)
  }
  return { folder, listing: await list(repository, revision) }
}

async function list(repository: GitFolder, revision: string): Promise<Listing> {
  const root = (await git(repository, ['rev-parse', `${revision}^{tree}`])).trim()
  const lines = (await git(repository, ['ls-tree', '-r', '-t', '-z', '--full-tree', revision])).split('\0')
  const entries = lines
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const [about = '', path = ''] = line.split('\t', 2)
      return [path, about]
    })
  return new Map([['.', root], ...entries])
}

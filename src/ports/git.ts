import type { Instant, Sha } from '../domain/refs.ts'
import type { FileContent, GitTree } from '../domain/repository-files.ts'

/** A bare copy of one repository. Content is read from objects; there is no work tree, no filter, no hook. */
export interface GitRepository {
  /** Brings branches, pull request heads and the rendered refs up to date from the remote. No remote: does nothing. */
  fetch(): Promise<void>
  /** The full sha of a commit for a full ref name, a branch, a tag or a sha; undefined where there is none. */
  resolve(revision: string): Promise<Sha | undefined>
  /** The branches below a folder, `drawbridge/promote`; as of the last fetch. */
  branches(folder: string): Promise<string[]>
  /** Every blob of a commit's or tree's tree, recursively, sorted by path. Symlinks and submodules are listed with their mode. */
  tree(treeish: Sha): Promise<GitTree>
  /** Raw content by blob id. */
  read(ids: readonly Sha[]): Promise<Map<Sha, Uint8Array>>
  commit(sha: Sha): Promise<GitCommit>
  /** First-parent history from `to` back to, and without, `from`, oldest first; at most `limit`. With `paths`: commits alone that touched one of these files. */
  firstParentLog(
    from: Sha | undefined,
    to: Sha,
    limit: number,
    paths?: readonly string[],
  ): Promise<GitCommit[]>
  /** Commits reachable from `head` and not from `base`, oldest first. */
  log(base: Sha, head: Sha): Promise<GitCommit[]>
  isAncestor(ancestor: Sha, descendant: Sha): Promise<boolean>
  mergeBase(left: Sha, right: Sha): Promise<Sha | undefined>
  /** Renames give both paths. */
  changedPaths(from: Sha, to: Sha): Promise<ChangedPath[]>
  /** The tree of `head` merged into `base`, without touching any ref. */
  mergeTree(base: Sha, head: Sha): Promise<{ tree: Sha } | { conflicts: string[] }>
  /** Writes a tree: `base` with `files` put in (null deletes a file; a path ending in '/' with null deletes a folder). */
  writeTree(base: Sha | undefined, files: Record<string, FileContent>): Promise<Sha>
  /** Writes a commit object; `sign` gives the armoured SSH signature of the payload. */
  writeCommit(commit: CommitToWrite): Promise<Sha>
  /** Compare-and-swap on the remote: `expected` undefined means that the branch must not exist yet. */
  push(branch: string, commit: Sha, expected: Sha | undefined): Promise<'pushed' | 'moved'>
  /** The commit's raw text without its signature header, and the signature, for verification. */
  signedPayload(sha: Sha): Promise<{ payload: string; signature: string | undefined }>
  close(): Promise<void>
}

/** Opens and keeps the mirrors. `location` is an https or file address from our own records, never from content. */
export interface Git {
  open(location: GitLocation): Promise<GitRepository>
}

export type GitLocation =
  | { kind: 'local'; folder: string }
  | { kind: 'remote'; key: string; url: string; token?: () => Promise<string> }

export interface GitCommit {
  sha: Sha
  tree: Sha
  parents: Sha[]
  message: string
  author: { name: string; email: string; at: Instant }
  committer: { name: string; email: string; at: Instant }
}

export interface ChangedPath {
  path: string
  previousPath?: string
  status: 'added' | 'removed' | 'modified' | 'renamed'
}

export interface CommitToWrite {
  tree: Sha
  parents: Sha[]
  message: string
  author: { name: string; email: string }
  at: Instant
  sign?: (payload: string) => string
}

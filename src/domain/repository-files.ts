import type { Sha } from './refs.ts'

/** One entry of a git tree: a blob (100644, 100755), a symlink (120000) or a submodule (160000). */
export interface GitEntry {
  /** Relative to the repository's root. */
  path: string
  mode: string
  id: Sha
  /** Bytes; 0 for submodules. */
  size: number
}

/** What is to stand at a path: a text, a blob that the repository has already (byte for byte, with its mode), or nothing. */
export type FileContent = string | Pick<GitEntry, 'id' | 'mode'> | null

/** A whole tree, recursively, sorted by path. */
export interface GitTree {
  id: Sha
  entries: GitEntry[]
}

// The same tree always has the same paths, so remembering them changes no answer.
const pathsOf = new WeakMap<GitTree, ReadonlyMap<string, GitEntry>>()

export function entriesByPath(tree: GitTree): ReadonlyMap<string, GitEntry> {
  const known = pathsOf.get(tree) ?? new Map(tree.entries.map((entry) => [entry.path, entry]))
  pathsOf.set(tree, known)
  return known
}

/** What pure code sees of a revision: every path, and the text of the files that were read beforehand. */
export interface RepositoryFiles {
  tree: GitTree
  /** Undefined where there is no such file, or it was not read because it cannot be a manifest. */
  text(path: string): string | undefined
}

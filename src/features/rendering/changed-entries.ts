import type { GitEntry, GitTree } from '../../domain/repository-files.ts'

/** A path whose entry differs between two trees; a side that does not have it is undefined. */
export interface ChangedEntry {
  path: string
  before: GitEntry | undefined
  after: GitEntry | undefined
}

/** Every path whose mode or content differs between two trees, in no order. */
export function changedEntries(before: GitTree, after: GitTree): ChangedEntry[] {
  const [old, young] = withoutSharedEnds(before.entries, after.entries)
  const unseen = new Map(old.map((entry) => [entry.path, entry]))
  const changed: ChangedEntry[] = []
  for (const entry of young) {
    const earlier = unseen.get(entry.path)
    unseen.delete(entry.path)
    if (!isSame(earlier, entry)) changed.push({ path: entry.path, before: earlier, after: entry })
  }
  for (const [path, entry] of unseen) changed.push({ path, before: entry, after: undefined })
  return changed
}

/** Most changes touch one corner of a repository: what comes before and after it is left out by a look at each entry. */
function withoutSharedEnds(old: readonly GitEntry[], young: readonly GitEntry[]) {
  const shorter = Math.min(old.length, young.length)
  let start = 0
  while (start < shorter && isSame(old[start], young[start])) start += 1
  let end = 0
  while (end < shorter - start && isSame(old[old.length - 1 - end], young[young.length - 1 - end])) end += 1
  return [old.slice(start, old.length - end), young.slice(start, young.length - end)] as const
}

function isSame(left: GitEntry | undefined, right: GitEntry | undefined): boolean {
  if (left === right) return true
  return left?.path === right?.path && left?.id === right?.id && left?.mode === right?.mode
}

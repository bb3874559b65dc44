import type { Sha } from '../../domain/refs.ts'
import type { GitEntry, GitTree } from '../../domain/repository-files.ts'

/** What all kept trees together may stand for, counted by `bytesOf`. */
const mostBytes = 256 * 1024 * 1024
/** What an entry itself takes in memory. */
const entryBytes = 300
/** Larger files are hardly ever manifests, so their content is not kept with their entries. */
const largestContent = 1024 * 1024

/** A listing, and what the next one is compared with. */
export interface KnownTree {
  tree: GitTree
  /** Names at the tree's root. */
  rootNames: readonly string[]
  /** The entries that it does not have in common with the tree it was made from. */
  own: readonly GitEntry[]
}

/**
 * Listings of trees, the least lately used forgotten first. Where trees of one repository say the same of a path, they
 * hold the same entry: what was learnt about it is known in every revision, and goes with the last tree that has it.
 */
export interface KnownTrees {
  get(id: Sha): GitTree | undefined
  /** The kept tree of a repository with most of these names at its root; undefined where none has half of them. */
  nearest(repository: string, rootNames: readonly string[]): GitTree | undefined
  put(repository: string, known: KnownTree): void
}

export function createKnownTrees(limitBytes = mostBytes): KnownTrees {
  const known = new Map<Sha, KnownTree & { repository: string; bytes: number }>()
  let bytes = 0

  const forget = (id: Sha) => {
    bytes -= known.get(id)?.bytes ?? 0
    known.delete(id)
  }

  return {
    get(id) {
      const found = known.get(id)
      if (!found) return undefined
      known.delete(id)
      known.set(id, found)
      return found.tree
    },
    nearest(repository, rootNames) {
      const wanted = new Set(rootNames)
      const shared = [...known.values()]
        .filter((each) => each.repository === repository)
        .map((each) => ({ each, count: each.rootNames.filter((name) => wanted.has(name)).length }))
        .filter(({ count }) => count > 0 && count * 2 >= rootNames.length)
      // Of equals the last is the one used last.
      return shared.toSorted((left, right) => left.count - right.count).at(-1)?.each.tree
    },
    put(repository, added) {
      forget(added.tree.id)
      const size = added.own.reduce((sum, entry) => sum + bytesOf(entry), 0)
      known.set(added.tree.id, { ...added, repository, bytes: size })
      bytes += size
      for (const oldest of known.keys()) {
        if (bytes <= limitBytes || oldest === added.tree.id) break
        forget(oldest)
      }
    },
  }
}

/** `entries` with the objects of `known` wherever they say the same, and those that are new. */
export function shareEntries(entries: readonly GitEntry[], known: readonly GitEntry[]) {
  const byPath = new Map(known.map((entry) => [entry.path, entry]))
  const own: GitEntry[] = []
  const shared = entries.map((entry) => {
    const same = byPath.get(entry.path)
    if (same && same.id === entry.id && same.mode === entry.mode) return same
    own.push(entry)
    return entry
  })
  return { entries: shared, own }
}

/** Sorted entries with some put in, and those taken out that changed to undefined. */
export function withChanges(
  entries: readonly GitEntry[],
  changes: ReadonlyMap<string, GitEntry | undefined>,
): GitEntry[] {
  const merged: GitEntry[] = []
  let taken = 0
  for (const path of [...changes.keys()].toSorted(comparePaths)) {
    const at = positionOf(path, entries, taken)
    for (; taken < at; taken += 1) merged.push(entries[taken] as GitEntry)
    if (entries[taken]?.path === path) taken += 1
    const entry = changes.get(path)
    if (entry) merged.push(entry)
  }
  return merged.concat(entries.slice(taken))
}

/** Where a path is, or would be put in, at or after `from`. */
function positionOf(path: string, entries: readonly GitEntry[], from: number): number {
  let [low, high] = [from, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (comparePaths(entries[middle]?.path ?? '', path) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** As git sorts: by bytes, not by UTF-16 units. */
function comparePaths(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

function bytesOf({ size }: GitEntry): number {
  return entryBytes + (size <= largestContent ? size : 0)
}

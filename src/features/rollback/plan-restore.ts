import type { FileContent, GitEntry } from '../../domain/repository-files.ts'

export interface RestoreToPlan {
  good: { paths: readonly string[]; entries: ReadonlyMap<string, GitEntry> }
  bad: { paths: readonly string[] }
  /** The folder has moved between the two: what was in `from` belongs into `to` now. */
  move?: FolderMove
}

export interface FolderMove {
  from: string
  to: string
}

/**
 * What has to change in the bad revision for the files to be as they were in the good one: their content and mode, and
 * none that only the bad one has.
 */
export function planRestore({ good, bad, move }: RestoreToPlan): Record<string, FileContent> {
  const places = [
    ...bad.paths.map((path) => ({ path, former: move ? moved(path, move.to, move.from) : path })),
    ...good.paths.map((former) => ({ path: move ? moved(former, move.from, move.to) : former, former })),
  ]
  return Object.fromEntries(places.map(({ path, former }) => [path, toFile(good.entries.get(former))]))
}

function moved(path: string, from: string, to: string): string {
  return path.startsWith(`${from}/`) ? `${to}/${path.slice(from.length + 1)}` : path
}

/** What writes an entry as it is; no entry: what deletes it. */
export function toFile(entry: GitEntry | undefined): FileContent {
  return entry ? { id: entry.id, mode: entry.mode } : null
}

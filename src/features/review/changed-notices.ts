import type { Problem } from '../../domain/problem.ts'

/**
 * The notices that a change is about: those it brings, and those of files it edits. What a repository leaves out anyhow is
 * counted elsewhere, and is no news to every pull request.
 */
export function changedNotices(
  before: readonly Problem[],
  after: readonly Problem[],
  changedPaths: ReadonlySet<string>,
): Problem[] {
  const known = new Set(before.map(keyOf))
  return after.filter((notice) => changedPaths.has(notice.path) || !known.has(keyOf(notice)))
}

/** Lines move when something else in the file is edited. */
function keyOf({ code, path, message }: Problem): string {
  return JSON.stringify([code, path, message])
}

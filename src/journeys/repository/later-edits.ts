import type { Revision } from '../../domain/refs.ts'
import type { LaterEdit } from '../../features/rollback/describe-restore.ts'
import type { GitRepository } from '../../ports/git.ts'

/** A revert follows within the hour; further back a person looks at the history. */
const mostCommits = 100

/** The commits between two revisions of a branch that touched one of the paths, newest first. */
export async function laterEdits(
  git: GitRepository,
  from: Revision,
  to: Revision,
  paths: readonly string[],
): Promise<LaterEdit[]> {
  if (paths.length === 0 || !(await git.isAncestor(from, to))) return []
  const edits: LaterEdit[] = []
  for (const { sha, parents, message, author } of await git.firstParentLog(from, to, mostCommits)) {
    const changed = parents[0] ? await git.changedPaths(parents[0], sha) : []
    const touched = changed.map(({ path }) => path).filter((path) => paths.includes(path))
    const title = message.split('\n', 1)[0] ?? ''
    if (touched.length > 0) edits.push({ commit: sha, title, by: author.name, paths: touched })
  }
  return edits.toReversed()
}

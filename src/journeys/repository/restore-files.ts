import type { Sha } from '../../domain/refs.ts'
import type { FileContent } from '../../domain/repository-files.ts'
import { toFile } from '../../features/rollback/plan-restore.ts'
import { changedEntries } from '../../features/rendering/changed-entries.ts'
import type { GitRepository } from '../../ports/git.ts'

export interface FilesRestored {
  /** The tip's tree with the files restored in it. */
  tree: Sha
  /** What that changes in the tip's; empty: nothing differs. */
  files: Record<string, FileContent>
  /** Files where later edits and the restoration meet. They stand as restored; the edits are lost there. */
  conflicts: string[]
}

/**
 * Files of the revision `bad` as `goal` wants them, carried to `tip` by a three-way merge: what was committed since stays,
 * also in the same file, and follows renames. History plays no part, so a squash or a force-push changes nothing.
 */
export async function restoreFiles(
  git: GitRepository,
  { goal, bad, tip }: { goal: Readonly<Record<string, FileContent>>; bad: Sha; tip: Sha },
): Promise<FilesRestored> {
  const forced: Record<string, FileContent> = {}
  const conflicts = new Set<string>()
  let settled = { ...goal }
  let merged = await mergeInto(git, bad, settled, tip)
  while ('conflicts' in merged) {
    merged.conflicts.forEach((path) => conflicts.add(path))
    const named = Object.keys(settled).filter((path) => conflicts.has(path))
    // A conflict in a file that has another name by now: nobody can say which of ours it is.
    for (const path of named.length > 0 ? named : Object.keys(settled)) forced[path] = settled[path] ?? null
    settled = Object.fromEntries(Object.entries(settled).filter(([path]) => !Object.hasOwn(forced, path)))
    merged = await mergeInto(git, bad, settled, tip)
  }
  const tree = await git.writeTree(merged.tree, forced)
  const [before, after] = await Promise.all([git.tree(tip), git.tree(tree)])
  const changed = new Map(changedEntries(before, after).map(({ path, after: entry }) => [path, entry]))
  const files = [...changed.keys()]
    .toSorted()
    .map((path): [string, FileContent] => [path, toFile(changed.get(path))])
  return { tree, files: Object.fromEntries(files), conflicts: [...conflicts].toSorted() }
}

/** Two commits that nothing refers to, on a third: git merges commits, and finds the common one by itself. */
async function mergeInto(
  git: GitRepository,
  bad: Sha,
  goal: Readonly<Record<string, FileContent>>,
  tip: Sha,
): Promise<{ tree: Sha } | { conflicts: string[] }> {
  const commit = async (treeish: Sha, files: Record<string, FileContent>, parents: Sha[]) =>
    git.writeCommit({
      tree: await git.writeTree(treeish, files),
      parents,
      message: 'not on any branch',
      author: { name: 'drawbridge', email: 'drawbridge@localhost' },
      at: 0,
    })
  const base = await commit(bad, {}, [])
  const [ours, theirs] = [await commit(tip, {}, [base]), await commit(bad, goal, [base])]
  return git.mergeTree(ours, theirs)
}

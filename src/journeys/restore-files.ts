import type { Sha } from '../domain/refs.ts'
import { planRevert, type RevertPlan } from '../features/rollback/plan-revert.ts'
import type { GitRepository } from '../ports/git.ts'

/**
 * What takes `paths` from `bad` back to `good` on top of `tip`. Later commits to other paths stay; a path that was edited
 * after `bad` is a conflict, and left alone.
 */
export async function restoreFiles(
  git: GitRepository,
  request: { paths: readonly string[]; good: Sha; bad: Sha; tip: Sha },
): Promise<RevertPlan> {
  const { paths, good, bad, tip } = request
  const [goodFiles, badFiles, currentFiles] = await Promise.all([
    readFiles(git, good, paths),
    readFiles(git, bad, paths),
    readFiles(git, tip, paths),
  ])
  return planRevert({ paths: [...paths], goodFiles, badFiles, currentFiles, mode: 'careful' })
}

async function readFiles(
  git: GitRepository,
  revision: Sha,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const wanted = new Set(paths)
  const entries = (await git.tree(revision)).entries.filter(({ path }) => wanted.has(path))
  const contents = await git.read(entries.map(({ id }) => id))
  return new Map(entries.map(({ path, id }) => [path, Buffer.from(contents.get(id) ?? []).toString('utf8')]))
}

import { type Problem, uniqueProblems } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { changedEntries } from '../rendering/changed-entries.ts'
import { isLfsPointer, lfsRefused, refuseDetour } from '../rendering/input-rules.ts'
import { isWithin } from '../rendering/paths.ts'
import { indexRepository } from '../rendering/repository-index.ts'
import { isManifestPath } from './is-manifest-path.ts'

/**
 * What a change puts behind a link, a submodule or a pointer of LFS, of the files that sources lie beside: none of these is
 * followed, so that it would look removed, and a folder of them no source any more. One problem for each thing that hides.
 */
export function hiddenInputs(
  base: RepositoryFiles,
  head: RepositoryFiles,
  sources: readonly Pick<RenderSource, 'path'>[],
): Problem[] {
  const index = indexRepository(head)
  const problems = changedEntries(base.tree, head.tree)
    .filter(({ path, before }) => before?.mode.startsWith('100') && isManifestPath(path))
    .filter(({ path }) => sources.some((source) => isWithin(path, source.path)))
    .flatMap(({ path }) => {
      const isPointer = isLfsPointer(head.text(path) ?? '') && !isLfsPointer(base.text(path) ?? '')
      return refuseDetour(path, index) ?? (isPointer ? lfsRefused(path) : [])
    })
  return uniqueProblems(problems)
}

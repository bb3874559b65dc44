import type { Configuration } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { indexRepository } from '../rendering/repository-index.ts'
import { argoApplications } from './argo-applications.ts'
import { type Candidate, findCandidates } from './find-candidates.ts'
import { fluxDeliveries } from './flux-deliveries.ts'
import { nameSources } from './name-sources.ts'
import { objectFiles } from './repository-objects.ts'

/** More sources than any repository that people review; beyond it something is misread. */
const mostSources = 10_000

/**
 * What a repository renders, with or without configuration: kustomizations that no other refers to, charts, folders of
 * plain objects, and what Argo CD's and Flux's objects deliver from it. What cannot be determined is a problem.
 */
export function discover(
  files: RepositoryFiles,
  configuration: Configuration,
): { sources: RenderSource[]; problems: Problem[] } {
  const index = indexRepository(files)
  const found = objectFiles(files)
  const argo = argoApplications(found, index)
  const deliveries = [...argo.deliveries, ...fluxDeliveries(found, index)]
  const candidates: Candidate[] = findCandidates(files, index, found, deliveries, configuration)
  const { sources, problems } = nameSources(candidates, files, index, configuration)
  if (sources.length <= mostSources) return { sources, problems: [...argo.problems, ...problems] }
  return {
    sources: sources.slice(0, mostSources),
    problems: [...argo.problems, ...problems, tooMany(sources)],
  }
}

function tooMany(sources: readonly RenderSource[]): Problem {
  return {
    code: 'TOO_MANY_SOURCES',
    path: '.',
    line: 0,
    message: `${sources.length} sources were found; only the first ${mostSources} are rendered`,
    fix: 'split the repository, or name its applications under `applications` in .drawbridge.yaml',
  }
}

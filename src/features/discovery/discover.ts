import type { Configuration } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { indexRepository } from '../rendering/repository-index.ts'
import { argoApplications } from './argo-applications.ts'
import { findCandidates } from './find-candidates.ts'
import { fluxDeliveries } from './flux-deliveries.ts'
import { isDiscoveredAlike } from './is-discovered-alike.ts'
import { nameSources } from './name-sources.ts'
import { objectFiles } from './repository-objects.ts'
import { withoutUnused } from './without-unused.ts'

/** More sources than any repository that people review; beyond it something is misread. */
const mostSources = 10_000

export interface Discovery {
  sources: RenderSource[]
  problems: Problem[]
  /** Files whose text decided something beyond the objects and references in them. */
  asked: ReadonlySet<string>
}

// The same files and configuration always give the same sources, so remembering them changes no answer.
const known = new WeakMap<RepositoryFiles, Map<string, Discovery>>()

/**
 * What a repository renders, with or without configuration: kustomizations that no other refers to, charts, folders of
 * plain objects, and what Argo CD's and Flux's objects deliver from it. What cannot be determined is a problem.
 */
export function discover(files: RepositoryFiles, configuration: Configuration): Discovery {
  const byConfiguration = known.get(files) ?? new Map<string, Discovery>()
  known.set(files, byConfiguration)
  const key = JSON.stringify(configuration)
  const discovery = byConfiguration.get(key) ?? discoverAnew(files, configuration)
  byConfiguration.set(key, discovery)
  return discovery
}

/** What both sides of a change render. Where the change says nothing about sources, they are the very same. */
export function discoverChange(
  base: RepositoryFiles,
  head: RepositoryFiles,
  configuration: Configuration,
): { before: Discovery; after: Discovery } {
  const before = discover(base, configuration)
  const isAlike = isDiscoveredAlike(base, head, before.asked)
  return { before, after: isAlike ? before : discover(head, configuration) }
}

function discoverAnew(revision: RepositoryFiles, configuration: Configuration): Discovery {
  const index = indexRepository(revision)
  const found = objectFiles(revision)
  // Whatever else looks into files does so through these, or a change of what it saw would go unnoticed.
  const asked = new Set<string>()
  const files = writingDown(asked, revision)
  const argo = argoApplications(found, index)
  const deliveries = [...argo.deliveries, ...fluxDeliveries(found, index)]
  const candidates = findCandidates(files, index, found, deliveries, configuration)
  const used = withoutUnused(candidates, files, index, configuration)
  const { sources, problems } = nameSources(used, index, configuration)
  if (sources.length <= mostSources) return { sources, problems: [...argo.problems, ...problems], asked }
  return {
    sources: sources.slice(0, mostSources),
    problems: [...argo.problems, ...problems, tooMany(sources)],
    asked,
  }
}

/** The same files, with a note of every text that is asked for. */
function writingDown(asked: Set<string>, files: RepositoryFiles): RepositoryFiles {
  return {
    tree: files.tree,
    text(path) {
      asked.add(path)
      return files.text(path)
    },
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

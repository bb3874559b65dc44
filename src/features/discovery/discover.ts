import type { Configuration } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { indexRepository } from '../rendering/repository-index.ts'
import { argoDeliveries } from './argo-deliveries.ts'
import { type Candidate, findCandidates } from './find-candidates.ts'
import type { Delivery } from './delivery.ts'
import { fluxDeliveries } from './flux-deliveries.ts'
import { hiddenInputs } from './hidden-inputs.ts'
import { isDiscoveredAlike } from './is-discovered-alike.ts'
import { nameSources } from './name-sources.ts'
import { patchedApplications } from './patched-applications.ts'
import { refuseRepository, refuseSources } from './repository-limits.ts'
import { objectFiles, withoutPatches } from './repository-objects.ts'
import { resolveDependencies } from './resolve-dependencies.ts'
import { templatedApplications } from './templated-applications.ts'
import { withoutUnused } from './without-unused.ts'

export interface Discovery {
  sources: RenderSource[]
  /** What somebody has to mend. */
  problems: Problem[]
  /** What is delivered from elsewhere or cannot be known from the files alone: nobody has to act. */
  notices: Problem[]
  /** Files whose text decided something beyond the objects and references in them. */
  asked: ReadonlySet<string>
}

// The same files and configuration always give the same sources, so remembering them changes no answer.
const known = new WeakMap<RepositoryFiles, Map<string, Discovery>>()

/**
 * What a repository renders, with or without configuration: kustomizations that no other refers to, charts, folders of
 * plain objects, and what Argo CD's and Flux's objects deliver from it. What it cannot show, it says.
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
  const isAlike = !refuseRepository(head.tree) && isDiscoveredAlike(base, head, before.asked)
  if (isAlike) return { before, after: before }
  const after = discover(head, configuration)
  const hidden = hiddenInputs(base, head, before.sources)
  return { before, after: { ...after, problems: [...after.problems, ...hidden] } }
}

function discoverAnew(revision: RepositoryFiles, configuration: Configuration): Discovery {
  const refusal = refuseRepository(revision.tree)
  if (refusal) return refused(refusal)
  const index = indexRepository(revision)
  const found = objectFiles(revision)
  // Whatever else looks into files does so through these, or a change of what it saw would go unnoticed.
  const asked = new Set<string>()
  const files = writingDown(asked, revision)
  const whole = withoutPatches(found, index)
  const charts = configuration.charts ?? []
  const argo = argoDeliveries(whole, files, index, charts)
  const flux = fluxDeliveries(whole, files, index, charts)
  const deliveries = [...argo.deliveries, ...flux.deliveries]
  const tooManyDelivered = refuseSources(Math.max(argo.applications, deliveries.length))
  if (tooManyDelivered) return refused(tooManyDelivered, asked)
  const candidates = findCandidates(files, index, found, deliveries, configuration)
  const used = withoutUnused(candidates, files, index, configuration)
  const named = nameSources(used, index, configuration)
  const { sources, problems: unmet } = resolveDependencies(named.sources, configuration)
  const tooMany = refuseSources(sources.length)
  if (tooMany) return refused(tooMany, asked)
  return {
    sources,
    problems: [...named.problems, ...unmet],
    notices: [
      ...argo.notices,
      ...flux.notices,
      ...emptyDeliveries(deliveries, candidates),
      // These decide no source, so what they look at is not noted: else every change of it would have all found anew.
      ...templatedApplications(revision, index),
      ...patchedApplications(whole, revision, index),
    ],
    asked,
  }
}

/** Nothing is rendered of what is too large: a part of it would look like the removal of the rest. */
function refused(problem: Problem, asked: ReadonlySet<string> = new Set()): Discovery {
  return { sources: [], problems: [problem], notices: [], asked }
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

/** What is delivered but holds nothing that is rendered here. */
function emptyDeliveries(deliveries: readonly Delivery[], candidates: readonly Candidate[]): Problem[] {
  const rendered = new Set(candidates.map(({ delivery }) => delivery))
  return deliveries
    .filter((delivery) => !rendered.has(delivery))
    .map(({ because, path, definedIn, line }) => ({
      code: 'NOTHING_TO_RENDER',
      path: definedIn,
      line: line ?? 0,
      message: `${because} delivers ${path}, in which nothing is found that can be rendered`,
      fix: 'put Kubernetes objects, a kustomization or a chart there, or correct the path',
    }))
}

import type { Environment } from '../../domain/configuration.ts'
import type { Deployment, DeploymentState, KnownDeployment } from '../../domain/deployment.ts'
import { type Revision, targetKey } from '../../domain/refs.ts'
import type { Attestation, Release, ReleasePhase, Rollout } from '../../domain/release.ts'

export interface DeploymentFacts {
  environment: Pick<Environment, 'name' | 'isProtected' | 'url'>
  /** Another environment gets its versions from this one. */
  isSource: boolean
  attestations: readonly Attestation[]
  rollouts: readonly Rollout[]
  /** The reconciler's words, by `targetKey`. */
  releases: ReadonlyMap<string, Release>
  known: readonly KnownDeployment[]
  /** The page of a pull request, or, without one, of everything. */
  page(pull?: number): string
}

/**
 * The deployments of an environment whose state on GitHub is another than it should be. What was adopted at the beginning
 * is no deployment of anybody's.
 *
 * | places of the revision                            | state         |
 * | ------------------------------------------------- | ------------- |
 * | one degraded or refused, or its roll-out stopped  | failure       |
 * | all healthy, and no wave is still to come         | success       |
 * | anything else                                     | in_progress   |
 * | none any more                                     | inactive      |
 */
export function planDeployments(facts: DeploymentFacts): Deployment[] {
  const { attestations, known } = facts
  const deployed = attestations.filter(({ kind }) => kind !== 'baseline')
  const current = [...Map.groupBy(deployed, ({ revision }) => revision)].map(([revision, places]) =>
    toDeployment(facts, revision, places),
  )
  const held = new Set(current.map(({ revision }) => revision))
  const gone = known
    .filter(({ revision, state }) => !held.has(revision) && state !== 'inactive')
    .map(({ revision }) => superseded(facts, revision))
  const states = new Map(known.map(({ revision, state }) => [revision, state]))
  return [...gone, ...current].filter(({ revision, state }) => states.get(revision) !== state)
}

function toDeployment(facts: DeploymentFacts, revision: Revision, places: Attestation[]): Deployment {
  const rollouts = facts.rollouts.filter((rollout) => rollout.revision === revision)
  const phases = places.map(({ target, digest }): ReleasePhase => {
    const release = facts.releases.get(targetKey(target))
    return release?.digest === digest ? release.phase : 'pending'
  })
  const waiting = rollouts.flatMap(({ waves, reached }) => waves.slice(reached + 1)).flat().length
  const pull = places.find((place) => place.pull !== undefined)?.pull?.number
  return {
    ...common(facts, revision, pull),
    applications: [...new Set(places.map(({ target }) => target.application))].toSorted(),
    state: stateOf(phases, rollouts, waiting),
    description: describe(phases, waiting),
  }
}

function stateOf(phases: ReleasePhase[], rollouts: Rollout[], waiting: number): DeploymentState {
  const hasFailed = phases.some((phase) => phase === 'degraded' || phase === 'refused')
  if (hasFailed || rollouts.some(({ stopped }) => stopped !== undefined)) return 'failure'
  const isWhole = waiting === 0 && phases.every((phase) => phase === 'healthy')
  return isWhole ? 'success' : 'in_progress'
}

function describe(phases: ReleasePhase[], waiting: number): string {
  const healthy = phases.filter((phase) => phase === 'healthy').length
  const failed = phases.filter((phase) => phase === 'degraded' || phase === 'refused').length
  const all = phases.length + waiting
  return `${healthy} of ${all} places healthy${failed > 0 ? `, ${failed} failed` : ''}`
}

function superseded(facts: DeploymentFacts, revision: Revision): Deployment {
  return {
    ...common(facts, revision, undefined),
    applications: [],
    state: 'inactive',
    description: 'something newer runs in every place',
  }
}

function common({ environment, isSource, page }: DeploymentFacts, revision: Revision, pull?: number) {
  return {
    environment: environment.name,
    revision,
    isProduction: environment.isProtected && !isSource,
    ...(environment.url !== undefined && { url: environment.url }),
    logUrl: page(pull),
  }
}

import type { Configuration, Environment } from '../../domain/configuration.ts'
import { type Instant, targetKey } from '../../domain/refs.ts'
import type { Attestation, Controls, Freeze, Release, Rollout } from '../../domain/release.ts'
import type { StatusView } from '../review/review-view.ts'
import { describePause } from '../sync/pause-of.ts'
import { freezesByRule } from '../windows/freezes-by-rule.ts'
import { isInForce } from '../windows/evaluate-windows.ts'

export interface StatusFacts {
  configuration: Pick<Configuration, 'environments' | 'freezes'>
  /** What the pull request changes. */
  places: { application: string; environment: string }[]
  /** By the name of the environment; absent: nothing of it can be believed. */
  states: ReadonlyMap<string, { attestations: Attestation[]; rollouts: Rollout[]; controls: Controls }>
  /** The reconciler's words, by `targetKey`. */
  releases: ReadonlyMap<string, Release>
}

/** More rows than this are a page, not an answer. */
const mostRows = 60

/** Which release runs where of what a pull request changes, what is under way, and what people have put in its way. */
export function statusView(facts: StatusFacts, now: Instant): Pick<StatusView, 'rows' | 'left' | 'inForce'> {
  const environments = facts.configuration.environments.filter(
    ({ name }) => facts.places.length === 0 || facts.places.some(({ environment }) => environment === name),
  )
  const rows = environments.flatMap((environment) => rowsOf(facts, environment))
  return {
    rows: rows.slice(0, mostRows),
    left: Math.max(0, rows.length - mostRows),
    inForce: environments.flatMap(({ name }) => inForce(facts, name, now)),
  }
}

function rowsOf({ places, states, releases }: StatusFacts, environment: Environment): StatusView['rows'] {
  const state = states.get(environment.name)
  const isMeant = ({ target }: Attestation) =>
    places.some((place) => place.application === target.application && place.environment === environment.name)
  return (state?.attestations ?? []).filter(isMeant).map((attestation) => {
    const { target } = attestation
    const release = releases.get(targetKey(target))
    const isCurrent = release?.digest === attestation.digest
    const rollout = state?.rollouts.find(({ application }) => application === target.application)
    return {
      ...target,
      version: Object.values(attestation.images).join(', ') || attestation.revision.slice(0, 7),
      pull: attestation.pull ? `#${attestation.pull.number}` : '',
      phase: isCurrent ? release.phase : 'pending',
      reason: isCurrent ? release.reason : '',
      wave: rollout ? describeWave(rollout) : '',
    }
  })
}

function describeWave({ reached, waves, stopped }: Rollout): string {
  const at = `wave ${reached + 1} of ${waves.length}`
  return stopped === undefined ? at : `${at}, stopped: ${stopped}`
}

/** A sentence for each freeze, lock, pause, pin and hold that holds there now. */
function inForce(
  { configuration, places, states }: StatusFacts,
  environment: string,
  now: Instant,
): string[] {
  const applications = places
    .filter((place) => place.environment === environment)
    .map(({ application }) => application)
  const controls = states.get(environment)?.controls
  const isMeant = (application: string) => places.length === 0 || applications.includes(application)
  const isNow = (closure: Pick<Freeze, 'environment' | 'application' | 'until'>) =>
    isInForce(
      closure,
      { applications: places.length === 0 ? [closure.application] : applications },
      environment,
      now,
    )
  const freezes = [
    ...(controls?.freezes ?? []),
    ...freezesByRule(configuration.freezes, [environment], applications),
  ]
  return [
    ...freezes
      .filter(isNow)
      .map((freeze) => `${whereOf(freeze)} is frozen by ${freeze.by}${endOf(freeze)}: ${freeze.reason}`),
    ...(controls?.locks ?? [])
      .filter(isNow)
      .map((lock) => `${whereOf(lock)} is locked by ${lock.by.login}${endOf(lock)}: ${lock.reason}`),
    ...(controls?.pauses ?? [])
      .filter(isNow)
      .map((pause) => `${whereOf(pause)} is left as it is, ${describePause(pause)}`),
    ...(controls?.holds ?? [])
      .filter(({ application }) => isMeant(application))
      .map(({ by, reason, ...hold }) => `${whereOf(hold)} is held by ${by}${reason && `: ${reason}`}`),
    ...(controls?.pins ?? [])
      .filter(({ application }) => isMeant(application))
      .map(({ by, reason, images, revision, ...pin }) => {
        const versions = Object.values(images).join(', ') || `what came with ${revision?.slice(0, 7)}`
        return `${whereOf(pin)} does not get ${versions} back, pinned by ${by}${reason && `: ${reason}`}`
      }),
  ]
}

function whereOf({ application, environment }: { application: string; environment: string }): string {
  return application === '*' ? environment : `${application} in ${environment}`
}

function endOf({ until }: { until?: Instant }): string {
  return until === undefined ? '' : ` until ${new Date(until).toISOString().slice(0, 16)}Z`
}

import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Instant, RepositoryRef, Target } from '../../domain/refs.ts'
import { targetKey } from '../../domain/refs.ts'
import { remember } from '../../domain/remember.ts'
import type { Attestation, Pin } from '../../domain/release.ts'
import { findAttestation } from '../../features/attestation/find-attestation.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import type { WatchSources } from '../slo/judge-watch.ts'
import type { HealthMemory } from './health-memory.ts'

/** What a rendered ref said from a time on. */
export interface PastState {
  at: Instant
  state: LedgerState
}

/** A release of an application in an environment, as its history has it. */
export interface PastRelease {
  attestation: Attestation
  /** When it was first there, on any cluster. */
  at: Instant
}

/** The rendered refs as they were at any time, with what would have been pinned had the past gone otherwise. */
export interface PastLedger {
  state(environment: string, now: Instant): LedgerState | undefined
  /** What the releases of that time are judged from, but for what counts their events. */
  asOf(now: Instant): Omit<WatchSources, 'meter'> & HealthMemory
  /** Of an application, oldest first. */
  releases(application: string, environment: string): PastRelease[]
  pin(pin: Pin): void
}

/** By environment, newest state first. */
export type PastStates = ReadonlyMap<string, readonly PastState[]>

export function createPastLedger(
  histories: PastStates,
  readObjects: (state: LedgerState, target: Target) => Promise<KubernetesObject[]>,
): PastLedger {
  const pins: Pin[] = []
  const objects = new Map<string, Promise<KubernetesObject[]>>()

  const until = (environment: string, now: Instant): LedgerState[] => {
    const known = (histories.get(environment) ?? []).filter(({ at }) => at <= now).map(({ state }) => state)
    const [newest, ...older] = known
    if (!newest) return []
    const ours = pins.filter((pin) => pin.environment === environment && pin.at <= now)
    return [
      { ...newest, controls: { ...newest.controls, pins: [...newest.controls.pins, ...ours] } },
      ...older,
    ]
  }

  return {
    state: (environment, now) => until(environment, now)[0],
    asOf: (now) => ({
      ledger: {
        history: async (_repository: RepositoryRef, environment, limit) =>
          until(environment, now).slice(0, limit),
        objects: (state, target) =>
          remember(objects, `${state.commit} ${targetKey(target)}`, () => readObjects(state, target)),
      },
      // Git does not tell what became healthy.
      wasHealthy: async () => true,
      store: {
        releases: {
          get: async (_repository, target) => {
            const attestation = findAttestation(until(target.environment, now)[0]?.attestations ?? [], target)
            return attestation && { revision: attestation.revision, appliedAt: attestation.at }
          },
        },
      },
    }),
    releases(application, environment) {
      const first = new Map<string, PastRelease>()
      for (const { at, state } of (histories.get(environment) ?? []).toReversed()) {
        for (const attestation of state.attestations) {
          const key = `${attestation.revision} ${attestation.at}`
          if (attestation.target.application === application)
            remember(first, key, () => ({ attestation, at }))
        }
      }
      return oneEach([...first.values()])
    },
    pin: (pin) => void pins.push(pin),
  }
}

/** Waves and clusters bring one release several times. */
function oneEach(releases: readonly PastRelease[]): PastRelease[] {
  const inOrder = releases.toSorted((left, right) => left.at - right.at)
  return inOrder.filter(
    ({ attestation }, index) => inOrder[index - 1]?.attestation.revision !== attestation.revision,
  )
}

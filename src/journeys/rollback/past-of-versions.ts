import type { Instant } from '../../domain/refs.ts'
import { type Attestation, noControls } from '../../domain/release.ts'
import type { LedgerState } from '../../ports/ledger.ts'
import type { PastStates } from './past-ledger.ts'

/** A version that is known to have been released; what it rendered to is not. */
export interface KnownVersion {
  at: Instant
  application: string
  environment: string
  version: string
  kind: Attestation['kind']
}

/** The history that rendered refs would have, as far as versions alone tell it. */
export function pastOfVersions(versions: readonly KnownVersion[]): PastStates {
  const byEnvironment = Map.groupBy(
    versions.toSorted((left, right) => left.at - right.at),
    ({ environment }) => environment,
  )
  return new Map(
    [...byEnvironment].map(([environment, known]) => [
      environment,
      known
        .map(({ at }, index) => ({ at, state: stateOf(environment, known.slice(0, index + 1)) }))
        .toReversed(),
    ]),
  )
}

function stateOf(environment: string, known: readonly KnownVersion[]): LedgerState {
  const newest = new Map(known.map((version) => [version.application, version]))
  const attestations = [...newest.values()].map(toAttestation)
  return {
    repository: { id: '', owner: '', name: '', installation: '' },
    environment,
    commit: '',
    trust: 'trusted',
    sequence: 0,
    attestations,
    rollouts: [],
    controls: noControls,
  }
}

/** A version stands for the commit that made it, and for what it renders to. */
function toAttestation({ at, application, environment, version, kind }: KnownVersion): Attestation {
  return {
    target: { application, environment, cluster: '' },
    revision: version,
    digest: version,
    source: '',
    kind,
    verdicts: [],
    images: { [application]: version },
    at,
  }
}

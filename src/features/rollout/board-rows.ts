import type { Environment } from '../../domain/configuration.ts'
import { targetKey } from '../../domain/refs.ts'
import type { Attestation, Release, Rollout } from '../../domain/release.ts'
import type { BoardRow } from '../review/review-view.ts'

/** What the ledger of one environment says. */
export interface BoardState {
  environment: string
  attestations: Attestation[]
  rollouts: Rollout[]
}

/** The board of one merged pull request: a row per target that it holds now, and per target of a wave that is still to come. */
export function boardRows(
  pull: number,
  environments: Environment[],
  states: BoardState[],
  releases: ReadonlyMap<string, Release>,
): BoardRow[] {
  return environments.flatMap((environment) => {
    const state = states.find((candidate) => candidate.environment === environment.name)
    if (!state) return []
    const released = state.attestations
      .filter((attestation) => attestation.pull?.number === pull)
      .map((attestation) =>
        releasedRow(environment, attestation, releases.get(targetKey(attestation.target))),
      )
    return [
      ...released,
      ...state.rollouts.filter((rollout) => rollout.pull === pull).flatMap(waitingRows(environment)),
    ]
  })
}

function releasedRow(
  environment: Environment,
  attestation: Attestation,
  release: Release | undefined,
): BoardRow {
  const isCurrent = release?.digest === attestation.digest
  return {
    ...attestation.target,
    wave: waveOf(environment, attestation.target.cluster),
    phase: isCurrent ? release.phase : 'pending',
    health: isCurrent ? release.health.status : 'Unknown',
    reason: isCurrent ? release.reason : 'committed to the rendered ref, not yet picked up',
    since: isCurrent ? release.since : attestation.at,
    drift: isCurrent ? release.drift : undefined,
  }
}

function waitingRows(environment: Environment) {
  return (rollout: Rollout): BoardRow[] =>
    rollout.waves.slice(rollout.reached + 1).flatMap((wave) =>
      wave.map((cluster) => ({
        application: rollout.application,
        environment: environment.name,
        cluster,
        wave: waveOf(environment, cluster),
        phase: 'pending' as const,
        health: 'Unknown' as const,
        reason: rollout.stopped ? `stopped: ${rollout.stopped}` : 'waits for the wave before it',
      })),
    )
}

/** From 1, as people count. */
function waveOf(environment: Environment, cluster: string): number {
  return environment.waves.findIndex((wave) => wave.includes(cluster)) + 1
}

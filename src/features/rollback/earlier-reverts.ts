import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Controls } from '../../domain/release.ts'

/** What the rendered ref of an environment said at one time. */
interface PastState {
  attestations: readonly Attestation[]
  controls: Pick<Controls, 'pins'>
}

export interface EarlierRevert {
  application: string
  environment: string
  at: Instant
}

/**
 * Reverts of a repository: those that landed, and those that a rule opened for another release, which the pin tells as long
 * as nobody lifts it. One history for each environment, newest state first.
 */
export function earlierReverts(
  histories: readonly (readonly PastState[])[],
  bad: Attestation,
): EarlierRevert[] {
  const landed = histories.flatMap((states) =>
    states.flatMap(({ attestations }) => attestations.filter(({ kind }) => kind === 'revert')),
  )
  const reverts = new Map(
    landed.map(({ target: { application, environment }, revision, at }) => [
      `${environment}/${application}/${revision}`,
      { application, environment, at },
    ]),
  )
  const opened = histories
    .flatMap((states) => states[0]?.controls.pins ?? [])
    .filter(({ by, digests }) => by === 'drawbridge' && !digests?.includes(bad.digest))
    .filter(
      (pin) =>
        ![...reverts.values()].some(
          ({ application, environment, at }) =>
            application === pin.application && environment === pin.environment && at >= pin.at,
        ),
    )
  return [
    ...reverts.values(),
    ...opened.map(({ application, environment, at }) => ({ application, environment, at })),
  ]
}

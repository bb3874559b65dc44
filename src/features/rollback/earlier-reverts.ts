import type { Instant } from '../../domain/refs.ts'
import type { Attestation, Controls, Pin } from '../../domain/release.ts'

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
 * Reverts of a repository: those that landed, and those that a rule opened, which the pin tells as long as nobody lifts it;
 * not the one of `bad` itself. One history for each environment, newest state first.
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
    .flatMap(([newest]) =>
      newest ? newest.controls.pins.filter((pin) => !isUnderWay(newest, pin, bad)) : [],
    )
    .filter(({ by }) => by === 'drawbridge')
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

/** It keeps out what is being taken back at this moment: the bad release, or what runs and carries it. */
function isUnderWay(
  { attestations }: PastState,
  { application, environment, digests }: Pin,
  bad: Attestation,
): boolean {
  const isOfBad = application === bad.target.application && environment === bad.target.environment
  const running = attestations.filter(({ target }) => target.application === application)
  return isOfBad && [bad, ...running].some(({ digest }) => digests?.includes(digest))
}

import type { Attestation } from '../../domain/release.ts'
import type { Instant } from '../../domain/refs.ts'
import type { EarlierRevert } from './earlier-reverts.ts'

/** Limits on what is done without a person. */
export const rollbackLimits = {
  /** After the apply; later a breach is an ordinary alert. */
  watchMs: 60 * 60_000,
  /** Between two reverts of one application in one environment. */
  coolDownMs: 60 * 60_000,
  /** Between two of them that a rule merges: what goes back twice a day flaps, or is made to. */
  unaskedMs: 24 * 60 * 60_000,
  /** Of one repository within 24 hours. */
  perDay: 3,
  /** Other applications that breach at the same time: then it is no single release. */
  globalIncident: 3,
}

const day = 24 * 60 * 60_000

/** What stands in the way of taking a release back by rule, whatever it is taken back for. */
export interface GuardFacts {
  /** Of the release. */
  kind: Attestation['kind']
  /** A person holds the application. */
  isHeld: boolean
  /** There is an earlier release that was approved and not taken back. */
  hasGoodRelease: boolean
  /** It was seen healthy where it ran. False also where nobody knows any more. */
  wasGoodHealthy: boolean
  /** Reverts of the repository, landed or opened by a rule. */
  earlierReverts: EarlierRevert[]
  /** Changes that a revert would not undo, in words. */
  irreversible: string[]
}

interface Place {
  application: string
  environment: string
}

/** Why nothing is taken back by rule; undefined: it may be. */
export function refuseRollback(facts: GuardFacts, place: Place, now: Instant): string | undefined {
  const { kind, isHeld, hasGoodRelease, earlierReverts } = facts
  if (kind === 'revert') return 'this release is a revert itself; a revert is never reverted by rule'
  if (isHeld) return 'a person holds the application'
  if (!hasGoodRelease) return 'there is no earlier release that was approved and not taken back'
  if (wasRevertedWithin(rollbackLimits.coolDownMs, earlierReverts, place, now))
    return 'it was reverted by rule less than an hour ago'
  if (earlierReverts.filter(({ at }) => now - at < day).length >= rollbackLimits.perDay)
    return `there were ${rollbackLimits.perDay} reverts by rule within a day`
  return undefined
}

/** What a person has to decide before a release may be taken back. */
export function rollbackQuestions(
  facts: Pick<GuardFacts, 'wasGoodHealthy' | 'irreversible' | 'earlierReverts'>,
  place: Place,
  now: Instant,
): string[] {
  const { wasGoodHealthy, irreversible, earlierReverts } = facts
  const unproven = 'The release before it was never seen healthy, as far as is known: it may be as bad.'
  const again = `${place.application} was taken back in ${place.environment} within the last 24 hours already: what it goes back to may be as bad, or the cause may lie elsewhere.`
  return [
    ...(wasGoodHealthy ? [] : [unproven]),
    ...(wasRevertedWithin(rollbackLimits.unaskedMs, earlierReverts, place, now) ? [again] : []),
    ...irreversible.map((what) => `Taking it back would not undo this: ${what}.`),
  ]
}

function wasRevertedWithin(
  milliseconds: number,
  earlierReverts: readonly EarlierRevert[],
  { application, environment }: Place,
  now: Instant,
): boolean {
  return earlierReverts.some(
    (revert) =>
      revert.application === application &&
      revert.environment === environment &&
      now - revert.at < milliseconds,
  )
}

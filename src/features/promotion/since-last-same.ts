import type { Attestation } from '../../domain/release.ts'

/** What two environments ran since they were last the same: newest first, the last one is what ran then. */
export interface SinceLastSame<Step> {
  source: Step[]
  target: Step[]
}

/**
 * The releases of an application in two environments since they were last the same. Both histories are newest first and of
 * one cluster each; empty where one of them is.
 *
 * | newest in the target                                 | the same since                        |
 * | a promotion                                          | that                                  |
 * | a change to versions that the source ran by then     | that, whoever made it                 |
 * | neither, as far as is known                          | the oldest known: adopted as it was   |
 *
 * In the source it is what ran at that time: the newest in the same versions, else the newest.
 */
export function sinceLastSame<Step extends { attestation: Attestation }>(
  source: readonly Step[],
  target: readonly Step[],
): SinceLastSame<Step> {
  if (source.length === 0 || target.length === 0) return { source: [], target: [] }
  const found = target.findIndex((step, index) => isMeeting(source, step, target[index + 1]))
  const then = found < 0 ? target.length - 1 : found
  return {
    source: source.slice(0, indexThen(source, target[then]) + 1),
    target: target.slice(0, then + 1),
  }
}

function isMeeting<Step extends { attestation: Attestation }>(
  source: readonly Step[],
  { attestation }: Step,
  previous: Step | undefined,
): boolean {
  if (attestation.kind === 'promotion') return true
  const isNew = previous !== undefined && !runsTheSame(previous.attestation, attestation)
  return isNew && source.some((step) => isBy(step, attestation) && runsTheSame(step.attestation, attestation))
}

function indexThen<Step extends { attestation: Attestation }>(
  source: readonly Step[],
  then: Step | undefined,
): number {
  if (!then) return source.length - 1
  const by = source.findIndex((step) => isBy(step, then.attestation))
  const same = source.findIndex(
    (step) => isBy(step, then.attestation) && runsTheSame(step.attestation, then.attestation),
  )
  return [same, by].find((index) => index >= 0) ?? source.length - 1
}

function isBy(step: { attestation: Attestation }, { at }: Attestation): boolean {
  return step.attestation.at <= at
}

/** Every image that both run, in the same version; one at least. */
function runsTheSame({ images }: Attestation, other: Attestation): boolean {
  const shared = Object.entries(images).filter(([name]) => Object.hasOwn(other.images, name))
  return shared.length > 0 && shared.every(([name, version]) => other.images[name] === version)
}

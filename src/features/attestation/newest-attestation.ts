import type { Attestation } from '../../domain/release.ts'

/** Of an application in an environment; while a roll-out is under way its newest version is the present one. */
export function newestAttestation(
  attestations: readonly Attestation[],
  application: string,
): Attestation | undefined {
  return attestations
    .filter(({ target }) => target.application === application)
    .toSorted((left, right) => right.at - left.at)[0]
}

import { type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'

// The same list always has the same answers, so remembering them changes none.
const indexes = new WeakMap<readonly Attestation[], Map<string, Attestation>>()

/** What is attested of a target, however many others there are. */
export function findAttestation(
  attestations: readonly Attestation[],
  target: Target,
): Attestation | undefined {
  let index = indexes.get(attestations)
  if (index === undefined) {
    index = new Map(attestations.map((one) => [targetKey(one.target), one]))
    indexes.set(attestations, index)
  }
  return index.get(targetKey(target))
}

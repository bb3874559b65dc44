import type { Attestation } from '../../domain/release.ts'
import { overriddenGates } from '../review/overridden-verdicts.ts'

/** One sentence for each gate that a pull request was released past by an override. */
export function overrideNotes(pull: number, attestations: readonly Attestation[]): string[] {
  const own = attestations.filter((attestation) => attestation.pull?.number === pull)
  const sentences = own.flatMap(({ verdicts }) =>
    overriddenGates(verdicts).map(({ gate, reason }) => `released past the gate ${gate}: ${reason}`),
  )
  return [...new Set(sentences)]
}

import type { Instant } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Slo } from '../../domain/slo.ts'
import type { Counts } from '../slo/counts.ts'

/** What was found about a release that burns its SLO, as a person is told it: in numbers, in a plot, and for machines. */
export interface BreachStory {
  slo: Slo
  bad: Attestation
  appliedAt: Instant
  detectedAt: Instant
  /** When the errors began; undefined: it cannot be said. */
  onset?: Instant
  /** In one sentence, without its full stop. */
  reason: string
  /** Why it is laid at this release's door, 0 to 1; undefined: nobody said. */
  confidence?: { score: number; evidence: string[] }
  before?: Counts
  since?: Counts
  /** Services that were not released in this time. */
  controls: { name: string; before: Counts; since: Counts }[]
  /** Error ratio that is tolerated. */
  tolerated: number
  /** In order of time; each is dated by its beginning and lasts `stepMs`. */
  series: { at: Instant; counts: Counts }[]
  stepMs: number
  /** Every release that could be to blame, this one too, likeliest first. */
  suspects: { application: string; revision: string; score: number }[]
  /** What a revert would not undo. */
  irreversible: string[]
}

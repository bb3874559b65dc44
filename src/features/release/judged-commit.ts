import type { Evidence } from '../../domain/evidence.ts'
import type { Pull } from '../../domain/pull.ts'
import type { Problem } from '../../domain/problem.ts'
import type { Proposal } from '../../domain/proposal.ts'
import type { Actor, Sha, Target } from '../../domain/refs.ts'
import type { DeletionConsent } from '../../domain/release.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { Outcome, Verdict } from '../../domain/verdict.ts'

/** One commit of the base branch, with what it changes and what the gates say of it at the time it was made. */
export interface JudgedCommit {
  sha: Sha
  /** The merged pull request that made it; absent for a push straight to the branch. */
  pull?: Pull
  proposal?: Proposal
  outcome: Outcome
  verdicts: Verdict[]
  approvedBy: Actor[]
  /** Who to name: the merger, or the committer's name for a direct push. */
  by: string
  /** Targets on both sides of the commit, of every environment; only those that differ matter. */
  before: RenderedTarget[]
  after: RenderedTarget[]
  /** What does not render any more since this commit: the targets concerned are missing in `after`, not removed. */
  newProblems?: Problem[]
  /** What the verdicts were decided from; absent for a direct push. */
  evidence?: Evidence
  /** Of every environment; those of the merged head count. */
  consents?: DeletionConsent[]
  /** By the configuration before it, by file. */
  tenants?: Tenant[][]
  /** What it makes its targets hold that their tenants may not deliver. */
  outside?: { target: Target; message: string }[]
}

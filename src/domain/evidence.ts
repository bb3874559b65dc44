import type { CommitChecks } from './check-answer.ts'
import type { CommitSignature } from './commit-signature.ts'
import type { OrganisationRules, PromotionSources } from './configuration.ts'
import type { HeldObject } from './held-object.ts'
import type { Permission, Pull, Review } from './pull.ts'
import type { Proposal } from './proposal.ts'
import type { Actor, Instant, Sha } from './refs.ts'
import type { Controls, Pin, Release } from './release.ts'
import type { SourceSlo } from './slo.ts'
import type { SourceState } from './source-state.ts'
import type { Verdict } from './verdict.ts'

/**
 * What a release was decided from besides git: with the repository's own objects the decision can be made again, offline.
 * Kept on the rendered ref as `_evidence/<commit>.json` while something of that commit is released; older ones are in its history.
 */
export interface Evidence {
  pull: Pull
  /** The commit before, and the commit as it landed. */
  sides: { base: Sha; head: Sha }
  /** The moment that windows, freezes and overrides were asked for. */
  at: Instant
  reviews: Review[]
  /** What each review had before it, by `targetKey`. */
  recorded: { id: string; sha: Sha; digests: Record<string, Sha> }[]
  contributors: Actor[]
  self: Actor
  /** For a revert by rule: what the release that it goes back to rendered to, by `targetKey`. */
  restored?: Record<string, Sha>
  /** `@organisation/team` → those of its people who appear above. */
  teams: [string, Actor[]][]
  /** By the person's id. */
  permissions: [string, Permission][]
  proposal?: Proposal
  controls: Pick<Controls, 'freezes' | 'locks' | 'overrides' | 'consents' | 'pins'> &
    Partial<Pick<Controls, 'hotfixes'>>
  /** Pins that the change brought back by charts, fields or files. */
  broughtBack?: Pin[]
  /** What other targets had that the change delivered, too. */
  held?: HeldObject[]
  sourceReleases: Release[]
  sourceStates?: SourceState[]
  sourceSlos?: SourceSlo[]
  sourceChecks?: CommitChecks[]
  promotionSources?: Record<string, PromotionSources>
  signatures?: CommitSignature[]
  /** The organisation's rules as they were then; they are in another repository. */
  organisation?: OrganisationRules
  verdicts: Verdict[]
}

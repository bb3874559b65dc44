import type { Actor, Revision } from './refs.ts'

/**
 * A pull request that Drawbridge itself opened. Derived, never stored: it is parsed from the trailers of the head commit,
 * and only when that commit carries our signature. One more commit on top by anybody, and it is an ordinary pull request.
 */
export type Proposal = PromotionProposal | RevertProposal

export interface PromotionProposal {
  kind: 'promotion'
  applications: string[]
  /** Every environment that is through with it, at least as many as the rule needs. */
  from: string[]
  to: string
  /** The source commit of what is carried, by application and environment that it comes from; absent: of what runs there now. */
  carries?: Carried[]
  /** Somebody wants less than what could be promoted: as it lands, the applications are held there, so that automation does not undo it. */
  holds?: true
  /** Who asked; absent when a rule did. Never counts as an approver. */
  requestedBy?: Actor
}

export interface Carried {
  application: string
  environment: string
  revision: Revision
}

/** `slo`, `health`: opened by evidence. `command`: by a person. `unapproved-commit`: offered after a direct push. */
export const revertCauses = ['slo', 'health', 'command', 'unapproved-commit'] as const
export type RevertCause = (typeof revertCauses)[number]

export interface RevertProposal {
  kind: 'revert'
  applications: string[]
  environment: string
  cause: RevertCause
  bad: Revision
  good: Revision
  /** `rule`: the emergency rule: it needs no approval, and Drawbridge merges it. */
  merge: 'rule' | 'people'
  requestedBy?: Actor
}

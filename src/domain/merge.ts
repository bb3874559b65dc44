import type { Sha } from './refs.ts'

/** In the order of preference: one commit for each change reads best in a history of releases. */
export const mergeMethods = ['squash', 'merge', 'rebase'] as const
export type MergeMethod = (typeof mergeMethods)[number]

/** How the base branch of a pull request takes merges. */
export interface MergeRules {
  /** Those that the repository allows. */
  methods: MergeMethod[]
  /** Merges go through GitHub's merge queue. */
  hasQueue: boolean
  /** The pull request is in the queue. */
  isQueued: boolean
}

/** GitHub's answers to a merge, sorted by what to do about them. */
export type MergeAnswer =
  | { kind: 'merged'; sha: Sha }
  /** The merge queue merges it, or throws it out. */
  | { kind: 'queued' }
  /** The head is no longer the one that was judged: look again. */
  | { kind: 'head-moved' }
  /** Passes by itself: try again soon. */
  | { kind: 'not-yet'; code: NotYetCode; reason: string }
  /** A person must act. */
  | { kind: 'refused'; code: RefusedCode; reason: string }

export type NotYetCode = 'BASE_MOVED' | 'STILL_COMPUTING' | 'CHECKS_PENDING' | 'BUSY' | 'NOT_DONE'

export type RefusedCode =
  | 'CONFLICTS'
  | 'CLOSED'
  | 'DRAFT'
  | 'METHOD_NOT_ALLOWED'
  | 'QUEUE_REQUIRED'
  | 'LEFT_QUEUE'
  | 'CHECKS_FAILED'
  | 'REVIEWS_MISSING'
  | 'BEHIND_BASE'
  | 'RULE_VIOLATED'
  | 'NOT_PERMITTED'
  | 'REFUSED'

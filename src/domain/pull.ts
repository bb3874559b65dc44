import type { Actor, Instant, PullRef, Sha } from './refs.ts'

/** A pull request as read from GitHub just now. */
export interface Pull {
  ref: PullRef
  title: string
  body: string
  author: Actor
  state: 'open' | 'closed' | 'merged'
  isDraft: boolean
  isFork: boolean
  /** Nobody but who may write here can comment, and an app cannot. */
  isLocked?: boolean
  baseBranch: string
  /** Tip of the base branch at the time of the read. */
  baseSha: Sha
  headBranch: string
  headSha: Sha
  mergedBy?: Actor
  mergeSha?: Sha
  createdAt: Instant
  updatedAt: Instant
  url: string
}

/** The little of an open pull request that tells whether what was found about it still holds. */
export interface PullMark {
  number: number
  headSha: Sha
  baseBranch: string
  isDraft: boolean
  /** `<id> <state>` of each review, sorted; undefined: there are more than could be asked for at once. */
  reviews?: string[]
}

export interface Review {
  id: string
  author: Actor
  state: 'approved' | 'changes-requested' | 'commented' | 'dismissed'
  /** The head for which it was given, as seen when the event came in (GitHub may re-bind its own field later). */
  sha: Sha
  at: Instant
  /** Given by a comment; several of one person add up. */
  isByComment?: boolean
  /** For these only. */
  environments?: string[]
}

export interface Comment {
  id: string
  author: Actor
  /** Numeric app id where a GitHub App wrote it. */
  appId?: string
  body: string
  createdAt: Instant
  /** Exact for a comment that was asked for by itself; in a list an edit within the second of its creation is not seen. */
  isEdited: boolean
}

export type CheckConclusion = 'success' | 'failure' | 'action_required'

/** A check run of our own on one commit. */
export interface PublishedCheck {
  id: string
  name: string
  sha: Sha
  status: 'in_progress' | 'completed'
  conclusion?: CheckConclusion
  /** When GitHub first had it: nobody has seen the commit judged before. */
  startedAt: Instant
  /** Our fingerprint of what was published (external_id), to write only when something changed. */
  fingerprint: string
}

export type Permission = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin'

/** A place in a merge queue: the commit that the branch would become, and the commit that it is built on. */
export interface QueueEntry {
  pull: number
  headSha: Sha
  baseSha: Sha
}

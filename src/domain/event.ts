import type { Actor, PullRef, RepositoryRef, Sha } from './refs.ts'

/** What happened, in our words: nothing of a webhook's payload behind this point. Each is only a hint to look again. */
export type Event =
  | { kind: 'pull-changed'; pull: PullRef }
  | { kind: 'review-submitted'; pull: PullRef; reviewId: string; author: Actor; state: string; sha: Sha }
  | { kind: 'comment-created'; pull: PullRef; commentId: string; author: Actor }
  | {
      kind: 'branch-pushed'
      repository: RepositoryRef
      branch: string
      before: Sha
      after: Sha
      isForced: boolean
      pusher: Actor
    }
  | { kind: 'check-rerequested'; repository: RepositoryRef; sha: Sha }
  | {
      kind: 'button-pressed'
      repository: RepositoryRef
      sha: Sha
      identifier: string
      actor: Actor
    }
  | { kind: 'merge-group'; repository: RepositoryRef; branch: string }
  | { kind: 'repositories-changed'; installation: string; added: RepositoryRef[]; removed: RepositoryRef[] }

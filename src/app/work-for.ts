import type { Event } from '../domain/event.ts'
import type { RepositoryRef } from '../domain/refs.ts'
import { unreachable } from '../domain/unreachable.ts'
import type { Work } from '../domain/work.ts'

/** GitHub tells one act of a person by several events: they become one look. */
const burstMs = 250

/** What a push to a base branch changes for the pull requests into it can wait for the merge to be recorded. */
const afterMergeMs = 5_000

/** A rendered ref is read from the mirror for some seconds; a push by another replica is looked at after that. */
const afterReleaseMs = 16_000

const renderedPrefix = 'drawbridge/rendered/'
const ownPrefix = 'drawbridge/'

/** What to look at again after an event. Nothing of the event itself is handed on but which thing it was about. */
export function workFor(event: Event): { work: Work; delayMs: number }[] {
  switch (event.kind) {
    case 'pull-changed':
    case 'review-submitted':
      return [{ work: { kind: 'review-pull', pull: event.pull }, delayMs: burstMs }]
    case 'comment-created':
      // Our own comments, and those of other bots, are never commands.
      if (event.author.isBot) return []
      return [{ work: { kind: 'run-command', pull: event.pull, commentId: event.commentId }, delayMs: 0 }]
    case 'branch-pushed':
      return workForBranch(event.repository, event.branch)
    case 'check-rerequested': {
      const { repository, sha } = event
      return [{ work: { kind: 'rerun-checks', repository, sha }, delayMs: 0 }]
    }
    case 'button-pressed': {
      const { repository, sha, identifier, actor } = event
      return [{ work: { kind: 'press-button', repository, sha, identifier, actor }, delayMs: 0 }]
    }
    case 'merge-group': {
      const { repository, branch } = event
      return [{ work: { kind: 'judge-group', repository, branch }, delayMs: 0 }]
    }
    case 'repositories-changed':
      return event.added.map((repository) => sweep(repository, 0))
    default:
      return unreachable(event)
  }
}

/** A rendered ref that moved is read again, also when it was not us who moved it. Other branches of ours are pull requests. */
function workForBranch(repository: RepositoryRef, branch: string): { work: Work; delayMs: number }[] {
  if (branch.startsWith(renderedPrefix)) {
    const environment = branch.slice(renderedPrefix.length)
    return [
      { work: { kind: 'advance-rollouts', repository, environment }, delayMs: afterReleaseMs },
      // Where somebody else moved it, this reports it.
      { work: { kind: 'record-merge', repository }, delayMs: afterReleaseMs },
    ]
  }
  if (branch.startsWith(ownPrefix)) return []
  return [{ work: { kind: 'record-merge', repository }, delayMs: 0 }, sweep(repository, afterMergeMs)]
}

function sweep(repository: RepositoryRef, delayMs: number): { work: Work; delayMs: number } {
  return { work: { kind: 'sweep', repository }, delayMs }
}

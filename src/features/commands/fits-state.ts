import type { CommandVerb } from '../../domain/configuration.ts'
import type { Pull } from '../../domain/pull.ts'

/** Commands about the change that a pull request would bring; after it is merged there is nothing left to decide. */
const beforeMerge: readonly CommandVerb[] = ['approve', 'override', 'hotfix', 'ack-delete', 'explain']

/** Commands about the change itself, before or after the merge; a pull request that was given up brings none. */
const aboutChange: readonly CommandVerb[] = [...beforeMerge, 'promote', 'revert', 'sync', 'recheck', 'diff']

/** Why a command makes no sense on a pull request in this state, and what to do; undefined where it does. */
export function stateFault(
  verb: CommandVerb,
  { state, isDraft }: Pick<Pull, 'state' | 'isDraft'>,
): { reason: string; fix: string } | undefined {
  if (state === 'closed' && aboutChange.includes(verb)) {
    return { reason: 'this pull request is closed', fix: 'reopen it, or comment on one that is open' }
  }
  if (state === 'merged' && beforeMerge.includes(verb)) {
    return {
      reason: 'this pull request is merged',
      fix: 'nothing is left to decide; /status says where it runs',
    }
  }
  if (isDraft && (verb === 'approve' || verb === 'override' || verb === 'hotfix')) {
    return { reason: 'this pull request is a draft', fix: 'mark it as ready for review first' }
  }
  return undefined
}

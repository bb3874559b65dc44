import { isForwardOnly, rollbackMark } from '../rollback/forward-only.ts'
import type { Found, ObjectChange } from './dangers.ts'

/**
 * What becomes of taking a change back, where its object says `forward-only`.
 *
 * | marked before, after | it is told                                   |
 * | no, yes              | that no rule takes this change back           |
 * | yes, yes             | the same: it is the next one                  |
 * | yes, no              | that rules take it back from now on           |
 * | yes, gone            | nothing: nothing is marked any more           |
 */
export function findForwardOnly({ before, after }: ObjectChange): Found[] {
  if (!after || (!isForwardOnly(before) && !isForwardOnly(after))) return []
  return [
    {
      field: `metadata.${after.metadata.labels?.[rollbackMark] === undefined ? 'annotations' : 'labels'}`,
      sentence: isForwardOnly(after)
        ? 'It is forward-only: no rule takes this change back; a revert waits for a person.'
        : 'It is not forward-only any more: rules take later changes back again.',
    },
  ]
}

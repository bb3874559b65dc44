import { describe, expect, it } from 'vitest'
import { commandVerbs } from '../../../src/domain/configuration.ts'
import { stateFault } from '../../../src/features/commands/fits-state.ts'

// state  | refused                                               | because
// open   | –                                                     |
// draft  | approve, override, hotfix                                   | it is a draft
// merged | what decides about the change (approve … explain)     | it is merged
// closed | what is about the change at all, before or after      | it is closed
describe('commands that make no sense on a pull request', () => {
  const decides = ['approve', 'override', 'hotfix', 'ack-delete', 'explain']
  const closed = 'this pull request is closed: reopen it, or comment on one that is open'
  const merged = 'this pull request is merged: nothing is left to decide; /status says where it runs'
  const draft = 'this pull request is a draft: mark it as ready for review first'

  it.each`
    state       | isDraft  | refused                                                         | words
    ${'open'}   | ${false} | ${[]}                                                           | ${undefined}
    ${'open'}   | ${true}  | ${['approve', 'override', 'hotfix']}                            | ${draft}
    ${'merged'} | ${false} | ${decides}                                                      | ${merged}
    ${'merged'} | ${true}  | ${decides}                                                      | ${merged}
    ${'closed'} | ${false} | ${[...decides, 'promote', 'revert', 'sync', 'recheck', 'diff']} | ${closed}
    ${'closed'} | ${true}  | ${[...decides, 'promote', 'revert', 'sync', 'recheck', 'diff']} | ${closed}
  `('$state, a draft: $isDraft', ({ state, isDraft, refused, words }) => {
    for (const verb of commandVerbs) {
      const fault = stateFault(verb, { state, isDraft })
      expect([verb, fault && `${fault.reason}: ${fault.fix}`]).toEqual([
        verb,
        refused.includes(verb) ? words : undefined,
      ])
    }
  })
})

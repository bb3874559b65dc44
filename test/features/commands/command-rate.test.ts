import { expect, it } from 'vitest'
import { commandLimits, type CommandSeen, rateCommand } from '../../../src/features/commands/command-rate.ts'

const { perPerson, perRepository, windowMs } = commandLimits

function seen(count: number, actor: (index: number) => string, at = 0): CommandSeen[] {
  return Array.from({ length: count }, (_, index) => ({ commentId: `c${index}`, actor: actor(index), at }))
}

/*
 * | before, within ten minutes               | one more of ada |
 * | ---------------------------------------- | --------------- |
 * | fewer than 20 of hers, 100 of everybody  | within          |
 * | 20 of hers                               | hers exceeded   |
 * | 100 of everybody                         | all exceeded    |
 */
it.each`
  case                          | before                                                                          | at              | expected
  ${'nothing before'}           | ${[]}                                                                           | ${0}            | ${'within'}
  ${'one below her limit'}      | ${seen(perPerson - 1, () => 'ada')}                                             | ${0}            | ${'within'}
  ${'her limit'}                | ${seen(perPerson, () => 'ada')}                                                 | ${0}            | ${'person'}
  ${'her limit, just not over'} | ${seen(perPerson, () => 'ada')}                                                 | ${windowMs - 1} | ${'person'}
  ${'her limit, over'}          | ${seen(perPerson, () => 'ada')}                                                 | ${windowMs}     | ${'within'}
  ${'another’s limit'}          | ${seen(perPerson, () => 'bob')}                                                 | ${0}            | ${'within'}
  ${'one below everybody’s'}    | ${seen(perRepository - 1, (index) => `p${index}`)}                              | ${0}            | ${'within'}
  ${'everybody’s'}              | ${seen(perRepository, (index) => `p${index}`)}                                  | ${0}            | ${'repository'}
  ${'the same comment again'}   | ${[...seen(perPerson, () => 'ada'), { commentId: 'new', actor: 'ada', at: 0 }]} | ${0}            | ${'within'}
`('$case → $expected', ({ before, at, expected }) => {
  const rate = rateCommand(before, { commentId: 'new', actor: 'ada', at })
  expect(rate.kind === 'within' ? 'within' : rate.whose).toBe(expected)
})

it.each`
  case              | before                                                                                          | expected
  ${'her oldest'}   | ${[...seen(perPerson, () => 'ada', 2), { commentId: 'x', actor: 'bob', at: 1 }]}                | ${{ whose: 'person', until: windowMs + 2 }}
  ${'of everybody'} | ${[...seen(perRepository, (index) => `p${index}`, 2), { commentId: 'x', actor: 'bob', at: 1 }]} | ${{ whose: 'repository', until: windowMs + 1 }}
`('may come again when the oldest is forgotten: $case', ({ before, expected }) => {
  expect(rateCommand(before, { commentId: 'new', actor: 'ada', at: 3 })).toEqual({
    kind: 'exceeded',
    ...expected,
  })
})

it('counts a comment once, and forgets what is older', () => {
  const first = rateCommand([{ commentId: 'old', actor: 'ada', at: -windowMs }], {
    commentId: 'a',
    actor: 'ada',
    at: 0,
  })
  expect(first).toEqual({ kind: 'within', seen: [{ commentId: 'a', actor: 'ada', at: 0 }] })
})

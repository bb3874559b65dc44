import { describe, expect, it } from 'vitest'
import type { Outcome, Verdict } from '../../../src/domain/verdict.ts'
import { groupVerdicts } from '../../../src/features/review/group-verdicts.ts'
import { baseOfQueueBranch, queueChain } from '../../../src/features/review/queue-chain.ts'

const aVerdict = (outcome: Outcome, reason: string): Verdict => ({
  gate: 'window',
  outcome,
  reason,
  details: [],
})

/** The worst wins, and says whose it is. */
describe('groupVerdicts', () => {
  it.each`
    first     | second     | outcome    | reason
    ${'pass'} | ${'pass'}  | ${'pass'}  | ${'open for #1, #2'}
    ${'pass'} | ${'wait'}  | ${'wait'}  | ${'#2: second'}
    ${'wait'} | ${'pass'}  | ${'wait'}  | ${'#1: first'}
    ${'wait'} | ${'block'} | ${'block'} | ${'#2: second'}
  `(
    '$first and $second → $outcome',
    ({
      first,
      second,
      ...expected
    }: {
      first: Outcome
      second: Outcome
      outcome: Outcome
      reason: string
    }) => {
      const [verdict] = groupVerdicts([
        { pull: 1, verdicts: [aVerdict(first, 'first')] },
        { pull: 2, verdicts: [aVerdict(second, 'second')] },
      ])
      expect(verdict).toMatchObject(expected)
      expect(verdict?.details).toEqual(['#1: first', '#2: second'])
    },
  )

  it('says of a single pull request what was said of it', () => {
    const verdict = aVerdict('wait', 'opens on Monday')
    expect(groupVerdicts([{ pull: 1, verdicts: [verdict] }])).toEqual([verdict])
  })
})

describe('queueChain', () => {
  const entry = (pull: number, baseSha: string, headSha: string) => ({ pull, baseSha, headSha })
  const entries = [entry(2, 'b', 'c'), entry(1, 'a', 'b'), entry(9, 'x', 'y')]

  it.each`
    case                              | head   | pulls
    ${'the last of two'}              | ${'c'} | ${[1, 2]}
    ${'the first of two'}             | ${'b'} | ${[1]}
    ${'one that nobody is ahead of'}  | ${'y'} | ${[9]}
    ${'a commit that the queue lost'} | ${'z'} | ${[]}
  `('$case → $pulls', ({ head, pulls }: { head: string; pulls: number[] }) => {
    expect(queueChain(head, entries).map(({ pull }) => pull)).toEqual(pulls)
  })

  it('ends where the queue goes round in a circle', () => {
    expect(queueChain('a', [entry(1, 'b', 'a'), entry(2, 'a', 'b')])).toHaveLength(2)
  })

  it.each`
    branch                                             | base
    ${`gh-readonly-queue/main/pr-7-${'a'.repeat(40)}`} | ${'main'}
    ${`gh-readonly-queue/a/b/pr-7-${'a'.repeat(40)}`}  | ${'a/b'}
    ${'gh-readonly-queue/main'}                        | ${undefined}
    ${`main/pr-7-${'a'.repeat(40)}`}                   | ${undefined}
  `('$branch is built on $base', ({ branch, base }: { branch: string; base?: string }) => {
    expect(baseOfQueueBranch(branch)).toBe(base)
  })
})

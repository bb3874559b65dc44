import { describe, expect, it } from 'vitest'
import type { Override } from '../../../src/domain/release.ts'
import type { Verdict } from '../../../src/domain/verdict.ts'
import { applyOverrides } from '../../../src/features/review/apply-overrides.ts'
import { anActor, noon } from '../../builders.ts'

const head = 'a'.repeat(40)
const hour = 3_600_000

function anOverride(login: string, overrides: Partial<Override> = {}): Override {
  return {
    pull: 7,
    head,
    gate: 'window',
    reason: 'the shop is down',
    by: anActor(login),
    at: noon - 1,
    until: noon + hour,
    ...overrides,
  }
}

function closed(gate: Verdict['gate'], outcome: Verdict['outcome'] = 'wait'): Verdict {
  return { gate, outcome, reason: `${gate} is closed`, details: [], fix: 'wait' }
}

function apply(overrides: Override[], verdict = closed('window')): Verdict {
  const [answer = verdict] = applyOverrides([verdict], overrides, { pull: 7, head }, noon)
  return answer
}

const [ada, bob] = [anOverride('ada'), anOverride('bob')]

// people | same pull, head and gate | in force | gate              | → outcome
// 0, 1   | yes                      | yes      | any               | as it was
// 2      | yes, or `all`            | yes      | can be overridden | pass
// 2      | no, or one of them not   | yes      | any               | as it was
// 2      | yes                      | one not  | any               | as it was
// 2      | yes                      | yes      | configuration, render | as it was
describe('overrides', () => {
  it.each<[string, Override[], string]>([
    ['nobody', [], 'wait'],
    ['one person', [ada], 'wait'],
    ['one person twice', [ada, anOverride('ada', { reason: 'again' })], 'wait'],
    ['one person, of the gate and of all', [ada, anOverride('ada', { gate: 'all' })], 'wait'],
    ['two people', [ada, bob], 'pass'],
    ['two people, one of all', [ada, anOverride('bob', { gate: 'all' })], 'pass'],
    ['the second of another gate', [ada, anOverride('bob', { gate: 'policy' })], 'wait'],
    ['the second of another head', [ada, anOverride('bob', { head: 'b'.repeat(40) })], 'wait'],
    ['the second of another pull request', [ada, anOverride('bob', { pull: 8 })], 'wait'],
    ['the second is over this moment', [ada, anOverride('bob', { until: noon })], 'wait'],
    ['the second is not yet', [ada, anOverride('bob', { at: noon + 1 })], 'wait'],
  ])('%s → %s', (_, overrides, outcome) => {
    expect(apply(overrides).outcome).toBe(outcome)
    expect(apply(overrides.toReversed())).toEqual(apply(overrides))
  })

  it.each(['policy', 'approvals', 'window', 'promotion'] as const)('%s can be overridden', (gate) => {
    const both = [anOverride('ada', { gate }), anOverride('bob', { gate })]
    expect(apply(both, closed(gate, 'block')).outcome).toBe('pass')
  })

  it.each(['configuration', 'render'] as const)('%s cannot, not even with all', (gate) => {
    const both = [anOverride('ada', { gate: 'all' }), anOverride('bob', { gate: 'all' })]
    expect(apply(both, closed(gate, 'block'))).toEqual(closed(gate, 'block'))
  })

  it('says who, why, what it would be without, and until when both stand', () => {
    const verdict = apply([ada, anOverride('bob', { until: noon + 60_000, reason: 'customers wait' })])
    expect(verdict).toEqual({
      gate: 'window',
      outcome: 'pass',
      reason: 'overridden by @ada and @bob (the shop is down; customers wait)',
      details: ['without the override: window is closed'],
      until: noon + 60_000,
      overriddenBy: ['ada', 'bob'],
    })
  })

  it('says that a second person is missing, and what to type', () => {
    expect(apply([ada]).details).toEqual([
      '@ada overrides this (the shop is down); a second person with the right must type /override window <reason>',
    ])
  })

  it('leaves an open gate as it is', () => {
    const open: Verdict = { gate: 'window', outcome: 'pass', reason: 'open', details: [] }
    expect(apply([ada, bob], open)).toBe(open)
  })
})

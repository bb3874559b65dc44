import { expect, it } from 'vitest'
import type { Slo } from '../../../src/domain/slo.ts'
import { decideBudgetFreeze } from '../../../src/features/slo/decide-budget-freeze.ts'

const slo: Slo = {
  name: 'checkout answers',
  application: 'checkout',
  environment: 'prod',
  objective: 0.999,
  windowDays: 28,
  badEvents: 'bad',
  totalEvents: 'total',
  onBreach: 'report',
}

/*
 * | budget spent | not frozen | frozen |
 * | ------------ | ---------- | ------ |
 * | unknown      | stay       | stay   |
 * | up to 90 %   | stay       | lift   |
 * | 90 to 100 %  | stay       | stay   |
 * | all or more  | freeze     | stay   |
 */
it.each`
  case                | counts                               | free        | frozen
  ${'no data'}        | ${undefined}                         | ${'stay'}   | ${'stay'}
  ${'too few events'} | ${{ bad: 49, total: 49 }}            | ${'stay'}   | ${'stay'}
  ${'nothing bad'}    | ${{ bad: 0, total: 1_000_000 }}      | ${'stay'}   | ${'lift'}
  ${'90 % spent'}     | ${{ bad: 899, total: 1_000_000 }}    | ${'stay'}   | ${'lift'}
  ${'a bit more'}     | ${{ bad: 901, total: 1_000_000 }}    | ${'stay'}   | ${'stay'}
  ${'nearly all'}     | ${{ bad: 999, total: 1_000_000 }}    | ${'stay'}   | ${'stay'}
  ${'all of it'}      | ${{ bad: 1_001, total: 1_000_000 }}  | ${'freeze'} | ${'stay'}
  ${'far more'}       | ${{ bad: 50_000, total: 1_000_000 }} | ${'freeze'} | ${'stay'}
`('$case: $free, and $frozen when frozen', ({ counts, free, frozen }) => {
  expect(decideBudgetFreeze(slo, counts, false).kind).toBe(free)
  expect(decideBudgetFreeze(slo, counts, true).kind).toBe(frozen)
})

// A half of a hundred events may be bad: numbers that a computer can hold exactly.
it.each`
  case                         | counts                     | free        | frozen
  ${'one event too few'}       | ${{ bad: 49, total: 49 }}  | ${'stay'}   | ${'stay'}
  ${'just enough events'}      | ${{ bad: 50, total: 50 }}  | ${'freeze'} | ${'stay'}
  ${'exactly all of it'}       | ${{ bad: 50, total: 100 }} | ${'freeze'} | ${'stay'}
  ${'exactly a tenth is back'} | ${{ bad: 45, total: 100 }} | ${'stay'}   | ${'lift'}
`('at the edge, $case: $free, and $frozen when frozen', ({ counts, free, frozen }) => {
  const half = { ...slo, objective: 0.5 }
  expect(decideBudgetFreeze(half, counts, false).kind).toBe(free)
  expect(decideBudgetFreeze(half, counts, true).kind).toBe(frozen)
})

// What 1 − 0.999 and an extrapolated increase add is no reason to stay.
it.each`
  case                                 | objective | counts                                          | free        | frozen
  ${'all of 99.9 %'}                   | ${0.999}  | ${{ bad: 1_000, total: 1_000_000 }}             | ${'freeze'} | ${'stay'}
  ${'all of 99.9 %, extrapolated'}     | ${0.999}  | ${{ bad: 999.999_999_999_9, total: 1_000_000 }} | ${'freeze'} | ${'stay'}
  ${'all of 99.95 %'}                  | ${0.9995} | ${{ bad: 500, total: 1_000_000 }}               | ${'freeze'} | ${'stay'}
  ${'all of 99 %'}                     | ${0.99}   | ${{ bad: 7, total: 700 }}                       | ${'freeze'} | ${'stay'}
  ${'a tenth of 99.9 % is back'}       | ${0.999}  | ${{ bad: 900, total: 1_000_000 }}               | ${'stay'}   | ${'lift'}
  ${'a tenth is back, extrapolated'}   | ${0.999}  | ${{ bad: 900.000_000_000_1, total: 1_000_000 }} | ${'stay'}   | ${'lift'}
  ${'a hundredth of an event too few'} | ${0.999}  | ${{ bad: 999.99, total: 1_000_000 }}            | ${'stay'}   | ${'stay'}
`('at the edge, $case: $free, and $frozen when frozen', ({ objective, counts, free, frozen }) => {
  expect(decideBudgetFreeze({ ...slo, objective }, counts, false).kind).toBe(free)
  expect(decideBudgetFreeze({ ...slo, objective }, counts, true).kind).toBe(frozen)
})

it('says how much is back', () => {
  expect(decideBudgetFreeze({ ...slo, objective: 0.5 }, { bad: 15, total: 100 }, true)).toEqual({
    kind: 'lift',
    reason: '70 % of the error budget is back',
  })
})

it('says it with numbers', () => {
  expect(decideBudgetFreeze(slo, { bad: 1_234.4, total: 1_000_000 }, false)).toEqual({
    kind: 'freeze',
    reason:
      'the error budget of checkout answers is spent: 1,234 bad of 1,000,000 events in 28 days, 1,000 allowed',
  })
})

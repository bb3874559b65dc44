import { describe, expect, it } from 'vitest'
import { judgeRevert } from '../../../src/features/rollback/judge-revert.ts'

const minute = 60_000
const now = 1_000 * minute
const well = { bad: 0, total: 3_000 }
const burning = { bad: 150, total: 3_000 }

/*
 * | healthy everywhere | errors since | outcome      |
 * | no                 | any          | wait         |
 * | any                | unknown      | wait         |
 * | any                | burning      | did not help |
 * | for five minutes   | within       | helped       |
 * | for less           | within       | wait         |
 * | any                | too few      | wait         |
 */
describe('judgeRevert', () => {
  it.each`
    case                      | healthyAt               | since                    | state
    ${'not healthy yet'}      | ${undefined}            | ${burning}               | ${'wait'}
    ${'blind'}                | ${now - 9 * minute}     | ${undefined}             | ${'wait'}
    ${'still burning'}        | ${now - 2 * minute}     | ${burning}               | ${'did-not-help'}
    ${'five minutes of calm'} | ${now - 5 * minute}     | ${well}                  | ${'helped'}
    ${'less'}                 | ${now - 5 * minute + 1} | ${well}                  | ${'wait'}
    ${'hardly any traffic'}   | ${now - 9 * minute}     | ${{ bad: 0, total: 10 }} | ${'wait'}
  `('$case → $state', ({ healthyAt, since, state }) => {
    expect(judgeRevert({ budget: 0.001, since, healthyAt }, now)).toMatchObject({ state })
  })
})

import { describe, expect, it } from 'vitest'
import { compareVersions, type Sides } from '../../../src/features/slo/compare-versions.ts'

const step = (own: [number, number], earlier: [number, number]): Sides => ({
  own: { bad: own[0], total: own[1] },
  earlier: { bad: earlier[0], total: earlier[1] },
})
const few = step([5, 100], [0, 100])
const burst = step([5, 100], [5, 100])

/*
 * | own fails | earlier fails | both serve | says                  |
 * | yes       | no            | yes        | the release, up to 20 |
 * | alike     | alike         | yes        | not it, down to 1/50  |
 * | no        | yes           | yes        | not it, down to 1/50  |
 * | any       | any           | no         | nothing               |
 */
describe('compareVersions', () => {
  it.each`
    case                                 | steps                                   | least   | most
    ${'its own alone fails'}             | ${[few]}                                | ${9}    | ${20}
    ${'for long'}                        | ${[few, few, few]}                      | ${19}   | ${20}
    ${'in a little of the traffic'}      | ${[step([2, 10], [0, 190])]}            | ${15}   | ${20}
    ${'both fail alike'}                 | ${[burst, burst, burst]}                | ${0.02} | ${0.03}
    ${'the earlier alone fails'}         | ${[step([0, 100], [5, 100])]}           | ${0.02} | ${0.06}
    ${'nothing fails'}                   | ${[step([0, 100], [0, 100])]}           | ${1}    | ${1}
    ${'the earlier are gone'}            | ${[step([50, 100], [0, 0])]}            | ${1}    | ${1}
    ${'it does not serve yet'}           | ${[step([0, 0], [50, 100])]}            | ${1}    | ${1}
    ${'nobody serves'}                   | ${[step([0, 0], [0, 0])]}               | ${1}    | ${1}
    ${'as much as a likelihood can say'} | ${[step([9e9, 1e10], [0, 1e10])]}       | ${19}   | ${20}
    ${'three times as often, for long'}  | ${[step([300, 10_000], [100, 10_000])]} | ${19}   | ${20}
  `('$case: $least to $most', ({ steps, least, most }) => {
    const [weight] = compareVersions(steps)
    expect(weight).toBeGreaterThanOrEqual(least - 1e-9)
    expect(weight).toBeLessThanOrEqual(most + 1e-9)
  })

  it('asks of each step what follows from there on', () => {
    const [all = 0, rest = 0, last = 0] = compareVersions([burst, few, step([0, 100], [0, 0])])
    expect(all).toBeLessThan(rest)
    expect(rest).toBeGreaterThan(9)
    expect(last).toBeCloseTo(1, 9)
  })

  it('says nothing of no steps', () => {
    expect(compareVersions([])).toEqual([])
  })
})

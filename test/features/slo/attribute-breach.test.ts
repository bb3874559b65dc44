import { describe, expect, it } from 'vitest'
import { attributeBreach, type BreachFacts, findOnset } from '../../../src/features/slo/attribute-breach.ts'

const minute = 60_000
const appliedAt = 100 * minute
const good = { bad: 1, total: 5000 }
const bad = { bad: 100, total: 1000 }

function facts(fields: Partial<BreachFacts> = {}): BreachFacts {
  return { appliedAt, stepMs: 15_000, before: good, since: bad, controls: [], ...fields }
}

/*
 * | onset        | controls | versions          | before/after | result          |
 * | before apply | any      | any               | any          | not             |
 * | any          | fail too | any               | any          | not             |
 * | any          | well     | new worse         | any          | attributed      |
 * | any          | well     | both alike        | any          | not             |
 * | after apply  | well     | –                 | step         | attributed      |
 * | after apply  | –        | errors are new's  | step         | attributed      |
 * | after apply  | –        | –                 | step         | not             |
 */
describe('attributeBreach', () => {
  const well = { name: 'search', before: good, since: good }
  const sick = { name: 'cart', before: good, since: bad }
  it.each`
    case                                | fields                                                                               | result
    ${'errors older than the apply'}    | ${{ onset: appliedAt - 60_000, versions: { suspected: bad, others: good } }}         | ${'not-attributable'}
    ${'one step before: not yet older'} | ${{ onset: appliedAt - 15_000, controls: [well] }}                                   | ${'attributed'}
    ${'others fail too'}                | ${{ controls: [sick, well], versions: { suspected: bad, others: good } }}            | ${'not-attributable'}
    ${'one of three others fails'}      | ${{ controls: [sick, well, well], versions: { suspected: bad, others: good } }}      | ${'attributed'}
    ${'side by side, the new is worse'} | ${{ versions: { suspected: bad, others: good } }}                                    | ${'attributed'}
    ${'side by side, both alike'}       | ${{ onset: appliedAt, versions: { suspected: bad, others: bad } }}                   | ${'not-attributable'}
    ${'before and after, others well'}  | ${{ onset: appliedAt + minute, controls: [well] }}                                   | ${'attributed'}
    ${'the errors are the version’s'}   | ${{ onset: appliedAt, versions: { suspected: bad, others: { bad: 0, total: 10 } } }} | ${'attributed'}
    ${'before and after alone'}         | ${{ onset: appliedAt + minute }}                                                     | ${'not-attributable'}
    ${'nothing known of before'}        | ${{ before: undefined, onset: appliedAt, controls: [well] }}                         | ${'not-attributable'}
    ${'as bad before'}                  | ${{ before: bad, onset: appliedAt, controls: [well] }}                               | ${'not-attributable'}
  `('$case → $result', ({ fields, result }) => {
    const attribution = attributeBreach(facts(fields))
    expect(attribution.result).toBe(result)
    expect(attribution.score >= 0.8).toBe(result === 'attributed')
    expect(attribution.evidence.length).toBeGreaterThan(0)
  })
})

describe('findOnset', () => {
  const series = (...ratios: (number | null)[]) =>
    ratios.map((ratio, at) => ({
      at,
      counts: ratio === null ? { bad: 0, total: 0 } : { bad: ratio * 100, total: 100 },
    }))
  it.each`
    case                    | ratios                 | onset
    ${'a step'}             | ${[0, 0, 0.1, 0.1]}    | ${2}
    ${'over again'}         | ${[0, 0.1, 0]}         | ${undefined}
    ${'the last of two'}    | ${[0.1, 0, 0.1]}       | ${2}
    ${'from the beginning'} | ${[0.1, 0.1]}          | ${0}
    ${'gaps say nothing'}   | ${[0, 0.1, null, 0.1]} | ${1}
    ${'no data'}            | ${[null]}              | ${undefined}
  `('$case', ({ ratios, onset }) => {
    expect(findOnset(series(...ratios), 0.01)).toBe(onset)
  })
})

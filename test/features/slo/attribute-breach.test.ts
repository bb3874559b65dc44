import { describe, expect, it } from 'vitest'
import type { Sides } from '../../../src/features/slo/compare-versions.ts'
import type { Counts } from '../../../src/features/slo/counts.ts'
import {
  attributeBreach,
  type BreachFacts,
  type Suspect,
} from '../../../src/features/slo/attribute-breach.ts'

const minute = 60_000
const appliedAt = 100 * minute
const step = 30_000
const good = { bad: 1, total: 5000 }
const bad = { bad: 100, total: 1000 }
const none = { bad: 0, total: 0 }

const release = (fields: Partial<Suspect> = {}): Suspect => ({
  application: 'shop',
  revision: 'v1',
  appliedAt,
  ...fields,
})

const first = appliedAt - 20 * step

/** Both versions side by side, in the step `after` the apply alone. */
const sides = (own: Counts, earlier: Counts, after = step): Sides[] =>
  Array.from({ length: 60 }, (_, index) =>
    first + index * step === appliedAt + after ? { own, earlier } : { own: none, earlier: none },
  )

/** Errors that began in the step `after` the apply, for sure. */
const begun = (after: number) => ({
  steps: Array.from({ length: 60 }, (_, index) => first + index * step).map((at) => ({
    at,
    likelihood: at === appliedAt + after ? 1 : 1e-9,
  })),
  unchanged: 1e-9,
})

const rate = (incidents: number, hours = 24) => ({
  incidents,
  hours,
  perSecond: (incidents + 0.5) / (hours * 3600),
})

function facts(fields: Partial<BreachFacts> = {}): BreachFacts {
  return {
    suspects: [release()],
    onset: begun(step),
    stepMs: step,
    before: good,
    since: bad,
    controls: [],
    incidents: rate(0),
    ...fields,
  }
}

const well = { name: 'search', before: good, since: good }
const sick = { name: 'cart', before: good, since: bad }

/*
 * | onset          | controls | versions        | past incidents | result     |
 * | before apply   | any      | any             | any            | not        |
 * | any            | fail too | any             | any            | not        |
 * | soon after     | well, –  | –               | hardly any     | attributed |
 * | soon after     | –        | –               | many           | not        |
 * | long after     | –        | –               | hardly any     | not        |
 * | soon, or later | any      | own alone fails | any            | attributed |
 * | any            | any      | fail alike      | any            | not        |
 * | any            | any      | own is well     | any            | not        |
 */
describe('attributeBreach', () => {
  it.each`
    case                                                | fields                                                                                      | result
    ${'soon after the apply'}                           | ${{}}                                                                                       | ${'attributed'}
    ${'errors older than the apply'}                    | ${{ onset: begun(-2 * step) }}                                                              | ${'not-attributable'}
    ${'in the step of the apply'}                       | ${{ onset: begun(0) }}                                                                      | ${'attributed'}
    ${'half an hour later'}                             | ${{ onset: begun(39 * step) }}                                                              | ${'not-attributable'}
    ${'half an hour later, others well'}                | ${{ onset: begun(39 * step), controls: [well] }}                                            | ${'not-attributable'}
    ${'half an hour later, alone failing'}              | ${{ onset: begun(39 * step), suspects: [release({ sides: sides(bad, good, 39 * step) })] }} | ${'attributed'}
    ${'others fail too'}                                | ${{ controls: [sick, well] }}                                                               | ${'not-attributable'}
    ${'one of three others fails'}                      | ${{ controls: [sick, well, well] }}                                                         | ${'attributed'}
    ${'the old version fails alike'}                    | ${{ suspects: [release({ sides: sides(bad, bad) })] }}                                      | ${'not-attributable'}
    ${'its own version is well'}                        | ${{ suspects: [release({ sides: sides(good, bad) })] }}                                     | ${'not-attributable'}
    ${'hardly any of the old left'}                     | ${{ suspects: [release({ sides: sides(bad, { bad: 0, total: 10 }) })] }}                    | ${'attributed'}
    ${'little of its own yet'}                          | ${{ suspects: [release({ sides: sides({ bad: 0, total: 50 }, bad) })] }}                    | ${'not-attributable'}
    ${'side by side before the errors alone'}           | ${{ suspects: [release({ sides: sides(bad, bad, 0) })] }}                                   | ${'attributed'}
    ${'that happens twenty times a day, alone failing'} | ${{ incidents: rate(20), suspects: [release({ sides: sides(bad, good) })] }}                | ${'attributed'}
    ${'that happens twenty times a day'}                | ${{ incidents: rate(20) }}                                                                  | ${'not-attributable'}
    ${'that happens twice an hour'}                     | ${{ incidents: rate(48) }}                                                                  | ${'not-attributable'}
    ${'nothing known of the past'}                      | ${{ incidents: rate(0, 0.5) }}                                                              | ${'not-attributable'}
    ${'hardly a change'}                                | ${{ onset: { ...begun(step), unchanged: 0.1 } }}                                            | ${'not-attributable'}
    ${'nothing dated'}                                  | ${{ onset: { steps: [], unchanged: 1 } }}                                                   | ${'not-attributable'}
  `('$case → $result', ({ fields, result }) => {
    const attribution = attributeBreach(facts(fields))
    expect(attribution.result).toBe(result)
    expect(attribution.score >= 0.8).toBe(result === 'attributed')
    expect(attribution.evidence.length).toBeGreaterThan(0)
  })

  // A burst that ended with the apply, or errors that go on since: as well explained by either.
  const either = {
    steps: begun(2 * step).steps.map((one) => ({
      ...one,
      likelihood: one.at === appliedAt - 2 * step ? 1 : one.likelihood,
    })),
    unchanged: 1e-9,
  }
  it.each`
    versions                      | onset
    ${undefined}                  | ${appliedAt + 2 * step}
    ${sides(bad, good, 2 * step)} | ${appliedAt + 2 * step}
    ${sides(bad, bad, 2 * step)}  | ${appliedAt - 2 * step}
  `('dates errors as the likeliest story has it', ({ versions, onset }) => {
    const suspects = [release({ sides: versions })]
    expect(attributeBreach(facts({ suspects, onset: either, incidents: rate(5) })).onset).toBe(onset)
  })

  const second = release({ revision: 'v2', appliedAt: appliedAt + 2 * minute })
  it.each`
    case                           | onset              | suspects                                                        | ranked
    ${'soon after the first'}      | ${begun(step)}     | ${[second, release()]}                                          | ${['v1', 'v2']}
    ${'soon after the second'}     | ${begun(5 * step)} | ${[second, release()]}                                          | ${['v2', 'v1']}
    ${'the first fails alone'}     | ${begun(5 * step)} | ${[second, release({ sides: sides(bad, good, 5 * step) })]}     | ${['v1', 'v2']}
    ${'the second fails as first'} | ${begun(5 * step)} | ${[{ ...second, sides: sides(bad, bad, 5 * step) }, release()]} | ${['v1', 'v2']}
  `('of two releases two minutes apart, $case: $ranked', ({ onset, suspects, ranked }) => {
    const attribution = attributeBreach(facts({ onset, suspects }))
    expect(attribution.suspects.map(({ revision }) => revision)).toEqual(ranked)
    const scores = attribution.suspects.map(({ score }) => score)
    expect(scores[0]).toBe(attribution.score)
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeLessThanOrEqual(1)
  })

  it('says what speaks for it', () => {
    const suspects = [
      release({ sides: sides(bad, good, 4 * step) }),
      { ...second, application: 'login', appliedAt: appliedAt + minute },
    ]
    const attribution = attributeBreach(facts({ suspects, onset: begun(4 * step), controls: [well] }))
    expect(attribution).toMatchObject({ result: 'attributed', onset: appliedAt + 2 * minute })
    expect(attribution.evidence).toEqual([
      'the released version fails in 10 % (100 of 1000), the earlier ones at the same time in 0.02 % (1 of 5000)',
      '0.02 % (1 of 5000) failed before, 10 % (100 of 1000) since',
      'the errors began 2 min after the apply, give or take 30 s',
      'login v2 was released close to it: 12 %',
      'services that were not released stay well: search',
      'errors like these came by themselves 0 times in 24 h before',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { countIncidents } from '../../../src/features/slo/count-incidents.ts'
import { type Counts, type CountsAt, ratioOf } from '../../../src/features/slo/counts.ts'
import { dateOnset, likeliestOnset } from '../../../src/features/slo/date-onset.ts'
import { estimateDispersion } from '../../../src/features/slo/estimate-dispersion.ts'
import { usualBefore } from '../../../src/features/slo/usual-before.ts'
import { createRandomness } from '../../simulation/slo/randomness.ts'

/** One step each second, of a hundred events. */
const steps = (...bads: (number | null)[]): CountsAt[] =>
  bads.map((bad, at) => ({ at, counts: bad === null ? { bad: 0, total: 0 } : { bad, total: 100 } }))
const countsOf = (series: CountsAt[]) => series.map(({ counts }) => counts)
const quiet = (length: number) => Array.from({ length }, () => 0)

describe('estimateDispersion', () => {
  const random = createRandomness(1)
  const independent = steps(...Array.from({ length: 1440 }, () => random.poisson(0.5)))
  it('is near 1 for independent errors', () => {
    expect(estimateDispersion(countsOf(independent))).toBeLessThan(1.3)
  })

  it('is about the size of the bursts that errors come in', () => {
    const bursts = steps(...Array.from({ length: 1440 }, () => (random.next() < 0.02 ? 10 : 0)))
    expect(estimateDispersion(countsOf(bursts))).toBeGreaterThan(8)
    expect(estimateDispersion(countsOf(bursts))).toBeLessThan(14)
  })

  it('sees a burst that spans several steps', () => {
    const long = steps(...Array.from({ length: 1000 }, (_, index) => (index % 100 < 5 ? 2 : 0)))
    expect(estimateDispersion(countsOf(long))).toBeGreaterThan(8)
  })

  it.each`
    case                | series
    ${'no errors'}      | ${steps(...quiet(100))}
    ${'too short'}      | ${steps(...quiet(28), 50)}
    ${'no traffic'}     | ${steps(...Array.from({ length: 100 }, () => null))}
    ${'nothing at all'} | ${[]}
  `('is 1 where nothing can be said: $case', ({ series }) => {
    expect(estimateDispersion(countsOf(series))).toBe(1)
  })
})

describe('dateOnset', () => {
  const calm = countsOf(steps(...quiet(10_000)))
  it.each`
    case                    | bads                 | onset
    ${'a step'}             | ${[0, 0, 10, 10]}    | ${2}
    ${'one stray before'}   | ${[1, 0, 0, 10, 10]} | ${3}
    ${'from the beginning'} | ${[10, 10, 10]}      | ${0}
    ${'gaps say nothing'}   | ${[0, 10, null, 10]} | ${1}
    ${'no data'}            | ${[]}                | ${undefined}
  `('finds $case', ({ bads, onset }) => {
    expect(likeliestOnset(dateOnset(steps(...bads), 0.001, calm))).toBe(onset)
  })

  const bursty = countsOf(steps(...Array.from({ length: 1000 }, (_, index) => (index % 20 === 0 ? 10 : 0))))
  it('is less sure where errors come in bursts', () => {
    const unchanged = (past: Counts[]) => dateOnset(steps(0, 0, 10, 10), 0.001, past).unchanged
    expect(unchanged(bursty)).toBeGreaterThan(10 * unchanged(calm))
  })

  it.each`
    past      | onset
    ${calm}   | ${1}
    ${bursty} | ${3}
  `('takes an earlier burst for one where there are such: $onset', ({ past, onset }) => {
    const bads = [0, 12, 0, 8, 8, 8]
    expect(likeliestOnset(dateOnset(steps(...bads), 0.001, past))).toBe(onset)
  })

  it('is not sure of anything without a past', () => {
    expect(dateOnset(steps(0, 0, 10, 10), 0.001, []).unchanged).toBeGreaterThan(0.1)
  })
})

describe('countIncidents', () => {
  // What goes on now: two steps of 5 %. As long ones are counted for nine tenths of the asking, as strong ones for one.
  const present = steps(...quiet(20), 5, 5)
  it.each`
    case                         | history                                     | incidents | weighed
    ${'none'}                    | ${quiet(100)}                               | ${0}      | ${0}
    ${'one as strong, as long'}  | ${[...quiet(50), 5, 5, ...quiet(50)]}       | ${1}      | ${1 / 0.9}
    ${'one as strong, shorter'}  | ${[...quiet(50), 20, ...quiet(50)]}         | ${0}      | ${0}
    ${'one as long, weaker'}     | ${[...quiet(50), 2, 2, 2, ...quiet(50)]}    | ${0}      | ${0}
    ${'two, well apart'}         | ${[5, 5, ...quiet(60), 5, 5, ...quiet(60)]} | ${2}      | ${2 / 0.9}
    ${'one with a breath in it'} | ${[5, 0, 5, 5, ...quiet(60)]}               | ${1}      | ${1 / 0.9}
  `('counts $case: $incidents', ({ history, incidents, weighed }) => {
    const rate = countIncidents(steps(...history), present, 60_000, 0.001)
    expect(rate.incidents).toBe(incidents)
    expect(rate.hours).toBeCloseTo(history.length / 60, 9)
    expect(rate.perSecond).toBeCloseTo((weighed + 0.5) / (history.length * 60), 9)
  })

  it('asks less for strength than for length', () => {
    // Ten that last longer, and are weaker; one that is as strong, and shorter.
    const history = [...Array.from({ length: 12 }, () => [...quiet(20), 2, 2, 2]).flat(), ...quiet(20), 20]
    const rate = countIncidents(steps(...history), present, 60_000, 0.001)
    expect(rate.incidents).toBe(1)
    expect(rate.perSecond).toBeCloseTo((1 / 0.1 + 0.5) / (history.length * 60), 9)
  })

  it('takes half an hour for granted, so that no past proves nothing', () => {
    expect(countIncidents([], present, 60_000, 0.001)).toMatchObject({ incidents: 0, hours: 0.5 })
  })
})

describe('usualBefore', () => {
  /** Steps of half a minute, of a hundred events. */
  const day = (bad: (index: number) => number) =>
    Array.from({ length: 2880 }, (_, index) => ({
      at: index * 30_000,
      counts: { bad: bad(index), total: 100 },
    }))
  const isLastHour = (index: number) => index >= 2760
  it.each`
    case                          | history                                                                     | ratio
    ${'as all day'}               | ${day(() => 1)}                                                             | ${0.01}
    ${'a burst just before'}      | ${day((index) => (index >= 2870 ? 50 : 0.1))}                               | ${0.0027}
    ${'more load since an hour'}  | ${day((index) => (isLastHour(index) ? 4 : 1))}                              | ${0.04}
    ${'less load since an hour'}  | ${day((index) => (isLastHour(index) ? 0 : 1))}                              | ${0.0096}
    ${'nothing known of the day'} | ${[]}                                                                       | ${0.5}
    ${'nobody was there'}         | ${day(() => 0).map(({ at }) => ({ at, counts: countsOf(steps(null))[0] }))} | ${0.5}
  `('$case: $ratio', ({ history, ratio }) => {
    expect(ratioOf(usualBefore({ bad: 5, total: 10 }, history) ?? { bad: 0, total: 0 })).toBeCloseTo(ratio, 4)
  })

  it('is unknown without any past', () => {
    expect(usualBefore(undefined, [])).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import type { Measurement, Slo } from '../../../src/domain/slo.ts'
import type { Counts, CountsAt } from '../../../src/features/slo/counts.ts'
import { burnRateWindows } from '../../../src/features/slo/evaluate-slo.ts'
import {
  type BreachDetail,
  isSuspicious,
  judgeRelease,
  type MeasuredRelease,
  type ReleaseMeasurements,
} from '../../../src/features/slo/judge-release.ts'

const minute = 60_000
const step = 30_000
const appliedAt = 100 * minute
const slo: Slo = {
  name: 'shop answers',
  application: 'shop',
  environment: 'prod',
  objective: 0.999,
  windowDays: 30,
  badEvents: 'bad',
  totalEvents: 'total',
  onBreach: 'revert',
}

const burn = (ratio: number | undefined) =>
  new Map<number, Measurement>(
    burnRateWindows(slo).map((window) => [
      window,
      {
        from: 0,
        at: 0,
        bad: ratio === undefined ? undefined : ratio * 10_000,
        total: ratio === undefined ? undefined : 10_000,
      },
    ]),
  )
const release = (revision: string, at = appliedAt) => ({
  application: 'shop',
  revision,
  appliedAt: at,
  versions: [revision],
})
const measuredRelease = (since: Counts | undefined, revision = 'v1', at = appliedAt): MeasuredRelease => ({
  release: release(revision, at),
  since,
  versions: new Map(),
})
const series = (from: number, length: number, bad: (at: number) => number): CountsAt[] =>
  Array.from({ length }, (_, index) => from + index * step).map((at) => ({
    at,
    counts: { bad: bad(at), total: 300 },
  }))
const stepsOf = (from: number, length: number, bad: (at: number) => number) =>
  series(from, length, bad).map(({ at, counts }) => ({ at, versions: new Map([['', counts]]) }))
const detail = (fields: Partial<BreachDetail> = {}): BreachDetail => ({
  history: series(appliedAt - 1440 * minute, 2880, () => 0.03),
  steps: stepsOf(appliedAt - 15 * minute, 40, (at) => (at >= appliedAt ? 15 : 0)),
  stepMs: step,
  rivals: [],
  others: [],
  ...fields,
})
const failing = { bad: 50, total: 1000 }
const well = { bad: 0, total: 1000 }
const measured = (fields: Partial<ReleaseMeasurements> = {}): ReleaseMeasurements => ({
  burnRate: burn(0.0001),
  releases: [measuredRelease(failing)],
  before: { bad: 2, total: 10_000 },
  detail: detail(),
  ...fields,
})

const login = { ...release('v9', appliedAt - 10_000), application: 'login' }
const others = (since: Counts, names: string[], isControl = true) =>
  names.map((application) => ({ slo: { ...slo, application }, isControl, before: well, since }))

/*
 * | metrics     | sequential   | burn rate | attributed to      | verdict          |
 * | missing     | any          | any       | any                | blind            |
 * | in part     | unknown      | any quiet | any                | blind            |
 * | all         | inconclusive | quiet     | any                | inconclusive     |
 * | all         | healthy      | quiet     | any                | healthy          |
 * | all         | one of both breached     | this application   | breached         |
 * | all         | one of both breached     | nobody, or another | not-attributable |
 */
describe('judgeRelease', () => {
  it.each`
    case                                 | fields                                                                                              | state
    ${'errors since the apply'}          | ${{}}                                                                                               | ${'breached'}
    ${'the burn rate alone'}             | ${{ releases: [measuredRelease(well)], burnRate: burn(0.05) }}                                      | ${'breached'}
    ${'no errors'}                       | ${{ releases: [measuredRelease(well)] }}                                                            | ${'healthy'}
    ${'too little traffic'}              | ${{ releases: [measuredRelease({ bad: 0, total: 10 })] }}                                           | ${'inconclusive'}
    ${'no metrics'}                      | ${{ blind: 'its newest sample is 90 s old' }}                                                       | ${'blind'}
    ${'no counts since the apply'}       | ${{ releases: [measuredRelease(undefined)] }}                                                       | ${'blind'}
    ${'no counts of the long windows'}   | ${{ releases: [measuredRelease(well)], burnRate: burn(undefined) }}                                 | ${'blind'}
    ${'nothing to attribute by'}         | ${{ detail: undefined }}                                                                            | ${'not-attributable'}
    ${'errors older than the apply'}     | ${{ detail: detail({ steps: stepsOf(appliedAt - 15 * minute, 40, () => 15) }) }}                    | ${'not-attributable'}
    ${'released close to another'}       | ${{ detail: detail({ rivals: [login] }) }}                                                          | ${'not-attributable'}
    ${'untouched services fail too'}     | ${{ detail: detail({ others: others(failing, ['cart', 'search']) }) }}                              | ${'not-attributable'}
    ${'untouched services stay well'}    | ${{ detail: detail({ others: others(well, ['cart', 'search']) }) }}                                 | ${'breached'}
    ${'an earlier release, over by now'} | ${{ releases: [measuredRelease(well, 'v2', appliedAt + 10 * minute), measuredRelease(failing)] }}   | ${'healthy'}
    ${'an earlier release, still'}       | ${{ releases: [measuredRelease(failing, 'v2', appliedAt + 2 * minute), measuredRelease(failing)] }} | ${'breached'}
  `('$case → $state', ({ fields, state }) => {
    expect(judgeRelease(slo, measured(fields)).state).toBe(state)
  })

  it('names the release that is to blame, which need not be the newest', () => {
    const releases = [measuredRelease(failing, 'v2', appliedAt + 2 * minute), measuredRelease(failing)]
    expect(judgeRelease(slo, measured({ releases })).culprit).toMatchObject({ revision: 'v1' })
  })

  it('says which other release is likelier the cause', () => {
    const rival = { ...login, appliedAt: appliedAt + 2 * minute }
    const late = stepsOf(appliedAt - 15 * minute, 50, (at) => (at >= rival.appliedAt + step ? 15 : 0))
    const { state, culprit, attribution } = judgeRelease(
      slo,
      measured({ detail: detail({ rivals: [rival], steps: late }) }),
    )
    expect({ state, culprit }).toEqual({ state: 'not-attributable' })
    expect(attribution).toMatchObject({ result: 'not-attributable' })
    expect(attribution?.evidence[0]).toBe('likelier the cause is login v9')
  })

  it('names the other applications that breach at the same time', () => {
    const facts = measured({ detail: detail({ others: others(failing, ['cart', 'search'], false) }) })
    expect(judgeRelease(slo, facts).alsoBreaching).toEqual(['cart', 'search'])
  })

  // One burst of half a minute in half an hour, as strong as what is judged.
  const history = series(appliedAt - 1440 * minute, 2880, (at) => (at % (30 * minute) === 0 ? 15 : 0))
  it.each`
    steps | burnRate  | state
    ${1}  | ${0.0001} | ${'inconclusive'}
    ${1}  | ${0.05}   | ${'not-attributable'}
    ${3}  | ${0.0001} | ${'breached'}
  `(
    'where errors come in bursts, $steps bad steps at a burn of $burnRate are $state',
    ({ steps, burnRate, state }) => {
      const end = appliedAt + steps * step
      const now = stepsOf(appliedAt - 15 * minute, 30 + steps, (at) => (at >= appliedAt && at < end ? 15 : 0))
      const facts = measured({
        burnRate: burn(burnRate),
        releases: [measuredRelease({ bad: 15 * steps, total: 300 * steps })],
        detail: detail({ history, steps: now }),
      })
      expect(judgeRelease(slo, facts).state).toBe(state)
    },
  )
})

it.each`
  case                   | fields                                                         | suspicious
  ${'errors'}            | ${{}}                                                          | ${true}
  ${'the burn rate'}     | ${{ releases: [measuredRelease(well)], burnRate: burn(0.05) }} | ${true}
  ${'nothing'}           | ${{ releases: [measuredRelease(well)] }}                       | ${false}
  ${'errors, but blind'} | ${{ blind: 'away' }}                                           | ${false}
`('isSuspicious: $case → $suspicious', ({ fields, suspicious }) => {
  expect(isSuspicious(slo, measured(fields))).toBe(suspicious)
})

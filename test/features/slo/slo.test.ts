import { describe, expect, it } from 'vitest'
import type { Measurement, Slo } from '../../../src/domain/slo.ts'
import {
  burnRateFactor,
  burnRateRules,
  neverFiring,
  pagingRules,
} from '../../../src/features/slo/burn-rate-rules.ts'
import { burnRateWindows, evaluateSlo } from '../../../src/features/slo/evaluate-slo.ts'
import { formatSelector, parseSelector } from '../../../src/features/slo/selector.ts'
import { countQueries } from '../../../src/features/slo/slo-queries.ts'

const slo: Slo = {
  name: 'checkout-availability',
  application: 'checkout',
  environment: 'prod',
  objective: 0.999,
  windowDays: 30,
  badEvents: 'http_requests_total{app="checkout",code=~"5.."}',
  totalEvents: 'http_requests_total{app="checkout"}',
  versionLabel: 'version',
  onBreach: 'revert',
}

describe('burnRateFactor', () => {
  it('is 14.4, 6, 3 and 1 for 30 days, and 14/15 of that for 28', () => {
    const factors = (days: number) => burnRateRules.map((rule) => burnRateFactor(rule, days))
    for (const [index, factor] of [14.4, 6, 3, 1].entries()) {
      expect(factors(30)[index]).toBeCloseTo(factor, 9)
      expect(factors(28)[index]).toBeCloseTo((factor * 28) / 30, 9)
    }
    expect(burnRateRules.every((rule) => rule.longSeconds % rule.shortSeconds === 0)).toBe(true)
  })
})

/*
 * | long window | short window | state        |
 * | above       | above        | breached     |
 * | above       | below        | healthy      |
 * | below       | above        | healthy      |
 * | unknown     | any          | blind        |
 * | too few     | any          | inconclusive |
 */
describe('evaluateSlo', () => {
  const measured = (ratios: Record<number, number | undefined>, total = 10_000) =>
    new Map<number, Measurement>(
      burnRateWindows(slo).map((window) => {
        const ratio = window in ratios ? ratios[window] : 0
        const bad = ratio === undefined ? undefined : ratio * total
        return [window, { from: 0, at: 0, bad, total: ratio === undefined ? undefined : total }]
      }),
    )

  it.each`
    case                      | ratios                           | total     | state
    ${'no errors'}            | ${{}}                            | ${10_000} | ${'healthy'}
    ${'an hour, still going'} | ${{ 3600: 0.0145, 300: 0.0145 }} | ${10_000} | ${'breached'}
    ${'at the limit'}         | ${{ 3600: 0.0143, 300: 0.0145 }} | ${10_000} | ${'healthy'}
    ${'over already'}         | ${{ 3600: 0.0145, 300: 0 }}      | ${10_000} | ${'healthy'}
    ${'a short burst'}        | ${{ 3600: 0.001, 300: 1 }}       | ${10_000} | ${'healthy'}
    ${'slowly for six hours'} | ${{ 21600: 0.007, 1800: 0.007 }} | ${10_000} | ${'breached'}
    ${'no data'}              | ${{ 3600: undefined }}           | ${10_000} | ${'blind'}
    ${'NaN'}                  | ${{ 3600: Number.NaN }}          | ${10_000} | ${'blind'}
    ${'negative'}             | ${{ 3600: -1 }}                  | ${10_000} | ${'blind'}
    ${'no traffic'}           | ${{}}                            | ${0}      | ${'inconclusive'}
    ${'little traffic'}       | ${{ 3600: 1, 300: 1 }}           | ${49}     | ${'inconclusive'}
    ${'enough traffic'}       | ${{ 3600: 1, 300: 1 }}           | ${50}     | ${'breached'}
  `('$case → $state', ({ ratios, total, state }) => {
    expect(evaluateSlo(slo, measured(ratios, total)).state).toBe(state)
  })

  it('tells the burn rate', () => {
    const verdict = evaluateSlo(slo, measured({ 3600: 0.02, 300: 0.02 }))
    expect(verdict.burnRate).toBeCloseTo(20, 9)
    expect(verdict.reason).toBe('the budget burns 20 times too fast in 1 h and 5 min; the limit is 14.4')
  })
})

describe('an objective that is too low', () => {
  it.each`
    window | objective  | fix
    ${30}  | ${0.999}   | ${undefined}
    ${30}  | ${0.9306}  | ${undefined}
    ${30}  | ${0.9305}  | ${'promise at least 93.056 %'}
    ${28}  | ${0.9256}  | ${undefined}
    ${28}  | ${0.92559} | ${'promise at least 92.56 %'}
  `('$objective over $window days: $fix', ({ window, objective, fix }) => {
    expect(neverFiring(objective, pagingRules({ windowDays: window }))?.fix).toBe(fix)
  })
})

describe('countQueries', () => {
  it('counts nothing as no errors only where there is traffic', () => {
    expect(countQueries(slo, 300)).toEqual({
      bad: 'sum(increase(http_requests_total{app="checkout",code=~"5.."}[300s])) or 0 * sum(increase(http_requests_total{app="checkout"}[300s]))',
      total: 'sum(increase(http_requests_total{app="checkout"}[300s]))',
    })
  })

  it('takes all but the good ones for bad', () => {
    const latency = {
      ...slo,
      badEvents: undefined,
      goodEvents: 'requests_total{code="200"}',
      totalEvents: 'requests_total',
    }
    expect(countQueries(latency, 300)).toEqual({
      bad: 'clamp_min(sum(increase(requests_total[300s])) - (sum(increase(requests_total{code="200"}[300s])) or 0 * sum(increase(requests_total[300s]))), 0)',
      total: 'sum(increase(requests_total[300s]))',
    })
  })

  // | good                       | total          | what is bad                                        |
  // | a bucket of the histogram  | its count      | series by series: one without the bucket counts not |
  // | anything else              | anything else  | all but the good ones                              |
  it.each`
    good                               | total                 | isBySeries
    ${'s_bucket{le="0.3"}'}            | ${'s_count'}          | ${true}
    ${'s_bucket{app="a",le=~"1|1.0"}'} | ${'s_count{app="a"}'} | ${true}
    ${'s_bucket{app="a",le="0.3"}'}    | ${'s_count'}          | ${false}
    ${'s_bucket{le="0.3"}'}            | ${'other_count'}      | ${false}
    ${'s_total'}                       | ${'s_total'}          | ${false}
  `('$good of $total is taken series by series: $isBySeries', ({ good, total, isBySeries }) => {
    const latency = { ...slo, badEvents: undefined, goodEvents: good, totalEvents: total }
    const queries = countQueries(latency, 60, { byVersion: true })
    const series = `sum by (version)(clamp_min(increase(${total}[60s]) - ignoring (le) increase(${good}[60s]), 0))`
    expect('bad' in queries && queries.bad === series).toBe(isBySeries)
    expect(JSON.stringify(queries).includes('or 0 *')).toBe(!isBySeries)
  })

  it('counts by version, and for one version with its label escaped', () => {
    expect(countQueries(slo, 60, { byVersion: true })).toMatchObject({
      total: 'sum by (version)(increase(http_requests_total{app="checkout"}[60s]))',
    })
    const matchers = [{ label: 'version', operator: '=' as const, value: '1"} or vector(1) #\n\\' }]
    expect(countQueries(slo, 60, { matchers })).toMatchObject({
      total: 'sum(increase(http_requests_total{app="checkout",version="1\\"} or vector(1) #\\n\\\\"}[60s]))',
    })
  })

  it.each(['version) or vector(1', 'a b', '1st', 'x"}', ''])(
    'X10: is not asked by the label %j',
    (versionLabel) => {
      expect(countQueries({ ...slo, versionLabel }, 60, { byVersion: true })).toEqual({
        reason: expect.stringContaining('is not the name of a label'),
      })
    },
  )

  it('keeps ranges between two scrapes and the longest period', () => {
    expect(countQueries(slo, 1)).toMatchObject({ total: expect.stringContaining('[30s]') })
    expect(countQueries(slo, 1e9)).toMatchObject({ total: expect.stringContaining('[2592000s]') })
  })

  it.each([
    'up)',
    'up[5m]',
    'sum(up)',
    'up{a="b"} or vector(0)',
    'up{a=b}',
    'up{a="b"',
    'up{a="b" c="d"}',
    'up{a="\\x"}',
    '',
    'a'.repeat(3000),
  ])('lets only a selector through: %s', (totalEvents) => {
    expect(countQueries({ ...slo, totalEvents }, 60)).toHaveProperty('reason')
  })

  it.each(['up', 'http:requests{a="b",c!~"d|e",}', "up{a='x\\'y'}", 'up{}'])(
    'reads a selector back: %s',
    (text) => {
      const selector = parseSelector(text)
      if ('reason' in selector) throw new Error(selector.reason)
      expect(parseSelector(formatSelector(selector))).toEqual(selector)
    },
  )
})

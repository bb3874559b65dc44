import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import type { Slo } from '../../../src/domain/slo.ts'
import { createEmulatedClock, type EmulatedClock } from '../../../src/emulator/clock.ts'
import {
  createPrometheusEmulator,
  type Fault,
  type PrometheusEmulator,
} from '../../../src/emulator/prometheus/prometheus.ts'
import type { TrafficFlow } from '../../../src/emulator/prometheus/traffic.ts'
import { countQueries } from '../../../src/features/slo/slo-queries.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'

const start = Date.UTC(2026, 10, 20, 16, 30)
const minute = 60_000

let clock: EmulatedClock
let prometheus: PrometheusEmulator
let metrics: Metrics
let flows: TrafficFlow[]
let url: string

const flow = (
  version: string,
  requestsPerSecond: number,
  errorRatio: number,
  app = 'checkout',
): TrafficFlow => ({
  labels: { app },
  version,
  requestsPerSecond,
  errorRatio,
})

beforeEach(async () => {
  clock = createEmulatedClock(start)
  flows = [flow('1.8.0', 10, 0), flow('2.0.0', 5, 0, 'cart')]
  prometheus = createPrometheusEmulator({ clock, traffic: () => flows })
  url = (await prometheus.listen()).url
  metrics = createMetrics({ url, fetch, clock: { now: clock.now, sleep: () => new Promise(() => {}) } })
})
afterEach(() => prometheus.close())

async function ask(promql: string): Promise<unknown> {
  const answer = await metrics.query(promql, clock.now())
  if (answer.kind === 'inconclusive') return answer.reason
  return answer.samples.map(({ labels, value }) => [labels, Number(value.toFixed(3))])
}

async function change(next: TrafficFlow[]): Promise<void> {
  prometheus.catchUp()
  flows = next
  prometheus.catchUp()
}

const slo: Slo = {
  name: 's',
  application: 'checkout',
  environment: 'prod',
  objective: 0.999,
  windowDays: 30,
  badEvents: 'http_requests_total{app="checkout",code=~"5.."}',
  totalEvents: 'http_requests_total{app="checkout"}',
  versionLabel: 'version',
  onBreach: 'revert',
}

function queries(seconds: number, byVersion = false) {
  const made = countQueries(slo, seconds, { byVersion })
  if ('reason' in made) throw new Error(made.reason)
  return made
}

describe('the Prometheus emulator, asked through the adapter', () => {
  it('counts requests by the clock', async () => {
    await clock.advance(10 * minute)
    expect(await ask('http_requests_total{app="checkout"}')).toEqual([
      [{ __name__: 'http_requests_total', app: 'checkout', version: '1.8.0', code: '200' }, 6000],
    ])
    expect(await ask('sum(rate(http_requests_total{app=~"che.*"}[5m]))')).toEqual([[{}, 10]])
    expect(await ask('sum by (app) (increase(http_requests_total[1m]))')).toEqual([
      [{ app: 'checkout' }, 600],
      [{ app: 'cart' }, 300],
    ])
    expect(await ask('count(http_requests_total)')).toEqual([[{}, 2]])
  })

  it('answers the queries of an SLO: no errors, then a bad version beside the old one', async () => {
    await clock.advance(10 * minute)
    expect(await ask(queries(300).bad)).toEqual([[{}, 0]])
    expect(await ask(queries(300).total)).toEqual([[{}, 3000]])
    await change([flow('1.8.0', 5, 0), flow('1.9.0', 5, 0.2)])
    await clock.advance(5 * minute)
    expect(await ask(queries(240).bad)).toEqual([[{}, 240]])
    expect(await ask(queries(240, true).bad)).toEqual([
      [{ version: '1.9.0' }, 240],
      [{ version: '1.8.0' }, 0],
    ])
    expect(await ask(queries(240, true).total)).toEqual([
      [{ version: '1.8.0' }, 1200],
      [{ version: '1.9.0' }, 1200],
    ])
  })

  it('has no series before the first scrape, and none for what nobody serves', async () => {
    expect(await ask(queries(60).bad)).toEqual([])
    await clock.advance(10 * minute)
    expect(await ask('sum(increase(http_requests_total{app="nobody"}[5m]))')).toEqual([])
  })

  it('divides nothing by nothing to NaN, and drops comparisons that do not hold', async () => {
    await clock.advance(10 * minute)
    await change([])
    await clock.advance(10 * minute)
    expect(
      await ask('sum(rate(http_requests_total{code="200"}[5m])) / sum(rate(http_requests_total[5m]))'),
    ).toMatch('answers NaN')
    expect(await ask('sum(rate(http_requests_total[5m])) > 0')).toEqual([])
    expect(await ask('1 + 2 * 3 - 4 / 2')).toEqual([[{}, 5]])
    expect(await ask('count(http_requests_total{app!~"c.*"})')).toEqual([])
  })

  it('counts exactly from a change on, wherever it falls between two scrapes', async () => {
    await clock.advance(60_000 + 2_000)
    await change([flow('1.9.0', 10, 1)])
    await clock.advance(8_000)
    expect(await ask('http_requests_total{app="checkout"}')).toEqual([
      [{ __name__: 'http_requests_total', app: 'checkout', version: '1.8.0', code: '200' }, 620],
      [{ __name__: 'http_requests_total', app: 'checkout', version: '1.9.0', code: '200' }, 0],
      [{ __name__: 'http_requests_total', app: 'checkout', version: '1.9.0', code: '500' }, 80],
    ])
  })

  it('answers the past as it was', async () => {
    await clock.advance(10 * minute)
    const then = clock.now()
    await change([flow('1.8.0', 100, 0)])
    await clock.advance(10 * minute)
    expect(await metrics.query('sum(increase(http_requests_total{app="checkout"}[5m]))', then)).toMatchObject(
      { samples: [{ value: 3000 }] },
    )
    expect(await ask('sum(increase(http_requests_total{app="checkout"}[5m] offset 10m))')).toEqual([
      [{}, 3000],
    ])
  })

  it('gives a range of answers', async () => {
    await clock.advance(10 * minute)
    const query = new URLSearchParams({
      query: 'sum(rate(http_requests_total{app="checkout"}[1m]))',
      start: String((start + 5 * minute) / 1000),
      end: String((start + 7 * minute) / 1000),
      step: '60',
    })
    const { data } = (await (await fetch(`${url}/api/v1/query_range?${query.toString()}`)).json()) as {
      data: unknown
    }
    const at = (minutes: number) => start / 1000 + minutes * 60
    expect(data).toEqual({
      resultType: 'matrix',
      result: [{ metric: {}, values: [5, 6, 7].map((minutes) => [at(minutes), '10']) }],
    })
  })

  it.each<[Fault, unknown]>([
    ['none', [[{}, 600]]],
    ['empty', []],
    ['nan', 'the metrics server answers NaN'],
    ['warnings', 'the metrics server answers in part only, with warnings'],
    ['down', expect.stringContaining('cannot be reached')],
  ])('breaks on demand: %s', async (fault, answer) => {
    await clock.advance(2 * minute)
    prometheus.setFault(fault)
    expect(await ask('sum(increase(http_requests_total{app="checkout"}[1m]))')).toEqual(answer)
  })

  it.each([
    '',
    'sum(',
    'up[5m]',
    'rate(up)',
    'histogram_quantile(0.9, up)',
    'up{a="("} or up{a=~"("}',
    'up $ up',
  ])('refuses what it does not understand: %s', async (promql) => {
    await clock.advance(minute)
    expect(await ask(promql)).toMatch('HTTP 400, bad_data')
  })
})

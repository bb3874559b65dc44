import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import type { Slo } from '../../../src/domain/slo.ts'
import { createEmulatedClock, type EmulatedClock } from '../../../src/emulator/clock.ts'
import { createPrometheusEmulator } from '../../../src/emulator/prometheus/prometheus.ts'
import { createCounters, type Series, type TrafficFlow } from '../../../src/emulator/prometheus/traffic.ts'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import {
  indicatorNames,
  type IndicatorName,
  type IndicatorRequest,
  latencyBounds,
  readyIndicator,
} from '../../../src/features/slo/ready-indicators.ts'
import { countQueries } from '../../../src/features/slo/slo-queries.ts'
import { versionChanges } from '../../../src/features/slo/version-changes.ts'
import { createRecordedMeter } from '../../../src/journeys/slo/create-recorded-meter.ts'
import { createSloMeter } from '../../../src/journeys/slo/create-slo-meter.ts'
import { createPastLedger } from '../../../src/journeys/rollback/past-ledger.ts'
import { pastOfVersions } from '../../../src/journeys/rollback/past-of-versions.ts'
import { replaySlo } from '../../../src/journeys/rollback/replay-slo.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import { hasPrometheus, startPrometheus } from './real-prometheus.ts'

const start = Date.UTC(2026, 10, 20, 16, 30)
const minute = 60_000
/** Between two scrapes: releases of Prometheus differ in whether a range includes its first instant. */
const now = start + 62 * minute + 2_000

const slo: Slo = {
  name: 'checkout answers',
  application: 'checkout',
  environment: 'prod',
  objective: 0.999,
  windowDays: 30,
  badEvents: 'http_requests_total{app="checkout",code=~"5.."}',
  totalEvents: 'http_requests_total{app="checkout"}',
  versionLabel: 'version',
  onBreach: 'revert',
}
const nobody: Slo = { ...slo, badEvents: 'up{app="nobody",code="500"}', totalEvents: 'up{app="nobody"}' }

/** An hour of 1.8.0; then half of the requests go to 1.9.0, of which a fifth fails, for two minutes. */
async function story(clock: EmulatedClock, flows: TrafficFlow[], catchUp: () => void): Promise<void> {
  const flow = (version: string, requestsPerSecond: number, errorRatio: number) => ({
    labels: { app: 'checkout' },
    version,
    requestsPerSecond,
    errorRatio,
  })
  const change = (next: TrafficFlow[]) => {
    catchUp()
    flows.splice(0, flows.length, ...next)
    catchUp()
  }
  change([flow('1.8.0', 10, 0.01)])
  await clock.advance(60 * minute)
  change([flow('1.8.0', 5, 0.01), flow('1.9.0', 5, 0.2)])
  await clock.advanceTo(now)
  catchUp()
}

async function emulated(): Promise<{ url: string; close(): Promise<void> }> {
  const clock = createEmulatedClock(start)
  const flows: TrafficFlow[] = []
  const prometheus = createPrometheusEmulator({ clock, traffic: () => flows })
  const { url } = await prometheus.listen()
  await story(clock, flows, () => prometheus.catchUp())
  return { url, close: () => prometheus.close() }
}

async function real(): Promise<{ url: string; close(): Promise<void> }> {
  const clock = createEmulatedClock(start)
  const flows: TrafficFlow[] = []
  const counters = createCounters(clock, () => flows)
  let series: Series[] = []
  await story(clock, flows, () => (series = counters.catchUp()))
  return startPrometheus(series)
}

const servers = [
  { name: 'the emulated Prometheus', isHere: true, begin: emulated },
  {
    name: hasPrometheus
      ? 'a real Prometheus'
      : 'a real Prometheus, which is not installed (apt-get install prometheus)',
    isHere: hasPrometheus,
    begin: real,
  },
]

describe.each(servers)('$name', ({ isHere, begin }) => {
  describe.skipIf(!isHere)('answers what an SLO asks', { timeout: 60_000 }, () => {
    let server: { url: string; close(): Promise<void> }
    let metrics: Metrics
    beforeAll(async () => {
      server = await begin()
      metrics = createMetrics({ url: server.url, fetch, clock: systemClock })
    }, 60_000)
    afterAll(() => server.close())

    it('counts', async () => {
      const counts = await createSloMeter(metrics).count(slo, 600, now)
      expect(counts?.total).toBeCloseTo(6004.958, 3)
      expect(counts?.bad).toBeCloseTo(175.95, 2)
    })

    it('counts what is not good', async () => {
      const byGood = { ...slo, badEvents: undefined, goodEvents: 'http_requests_total{code="200"}' }
      const counts = await createSloMeter(metrics).count(byGood, 600, now)
      expect(counts?.total).toBeCloseTo(6004.958, 3)
      expect(counts?.bad).toBeCloseTo(175.95, 1)
    })

    it('counts by version', async () => {
      const versions = await createSloMeter(metrics).countByVersion(slo, 122, now)
      expect([...versions.keys()].toSorted()).toEqual(['1.8.0', '1.9.0'])
      expect(versions.get('1.9.0')?.bad).toBeCloseTo(122, 3)
      expect(versions.get('1.8.0')?.bad).toBeCloseTo(6.1, 3)
    })

    it('counts in steps that end now, with what grows between two steps', async () => {
      const span = { from: now - 5 * minute, to: now, stepSeconds: 30, scrapeSeconds: 5 }
      const series = await createSloMeter(metrics).series(slo, span)
      expect(series?.map(({ at }) => (at - now) / 1000)).toEqual([
        -300, -270, -240, -210, -180, -150, -120, -90, -60, -30,
      ])
      expect(series?.at(0)?.counts.total).toBeCloseTo(300, 3)
      expect(series?.at(0)?.counts.bad).toBeCloseTo(3, 3)
      expect(series?.at(-1)?.counts.bad).toBeCloseTo(31.5, 3)
    })

    it('says how fresh it is', async () => {
      const pulse = await createSloMeter(metrics).pulse(slo, now)
      expect(pulse).toMatchObject({ newestAt: start + 62 * minute })
      expect(typeof pulse === 'string' ? pulse : pulse.scrapeSeconds).toBeCloseTo(5, 1)
    })

    it('says that there is nothing', async () => {
      const meter = createSloMeter(metrics)
      expect(await meter.count(nobody, 600, now)).toBeUndefined()
      expect(await meter.pulse(nobody, now)).toBe('there are no series of its events')
      expect(await meter.pulse(slo, now + 60 * minute)).toBe('there are no series of its events')
    })

    it('counts the past from a few long queries as it does from one for each count', async () => {
      const [live, recorded] = [createSloMeter(metrics), createRecordedMeter(metrics, now)]
      for (const at of [now - 40 * minute, now - 2_000 - minute]) {
        const [want, got] = [await live.count(slo, 900, at), await recorded.count(slo, 900, at)]
        expect(got?.total).toBeGreaterThan((want?.total ?? 0) * 0.99)
        expect(got?.total).toBeLessThan((want?.total ?? 0) * 1.01)
        const [then, pulse] = [await live.pulse(slo, at - (at % 15_000)), await recorded.pulse(slo, at)]
        expect(pulse).toEqual(then)
      }
    })

    it('tells from the past what would have been taken back, and when', async () => {
      const meter = createRecordedMeter(metrics, now)
      const span = { from: start, to: now }
      const changes = versionChanges((await meter.steps(slo, span.from, span.to)) ?? [])
      expect(changes.map(({ version, kind }) => [version, kind])).toEqual([
        ['1.8.0', 'baseline'],
        ['1.9.0', 'change'],
      ])
      const known = changes.map((change) => ({ ...change, application: 'checkout', environment: 'prod' }))
      const past = createPastLedger(pastOfVersions(known), async () => [])
      const { configuration } = parseConfiguration('environments: { prod: {} }\n', '.drawbridge.yaml')
      const { releases } = await replaySlo({
        configuration: { ...configuration, slos: [slo] },
        slos: [slo],
        past,
        meter,
        ...span,
        onLook: () => {},
      })
      expect(releases).toMatchObject([{ revision: '1.9.0', outcome: 'revert', merge: 'rule' }])
      const seconds = ((releases[0]?.at ?? 0) - (releases[0]?.releasedAt ?? 0)) / 1000
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThanOrEqual(75)
    })

    it.each(
      indicatorNames.flatMap((name) =>
        [undefined, latencyBounds(name)[3]].map((withinMs) => [name, withinMs]),
      ),
    )('understands what the indicator %s asks, within %s ms', async (name, withinMs) => {
      const request = { service: 'web "1"', namespace: 'shop', withinMs }
      const indicator = readyIndicator(name as IndicatorName, request as IndicatorRequest)
      const queries = countQueries({ ...slo, badEvents: undefined, ...indicator }, 600, { byVersion: true })
      if ('reason' in queries) throw new Error(queries.reason)
      expect(await metrics.query(queries.bad, now)).toEqual({ kind: 'samples', samples: [] })
      expect(await metrics.query(queries.total, now)).toEqual({ kind: 'samples', samples: [] })
    })

    it('subtracts series by series, and leaves out those that have no partner', async () => {
      const increase = (code: string) => `increase(http_requests_total{app="checkout",${code}}[60s])`
      const query = `sum by (version)(clamp_min(${increase('code="200"')} - ignoring (code) ${increase('code="500",version="1.9.0"')}, 0))`
      const answer = await metrics.query(query, now)
      if (answer.kind !== 'samples') throw new Error(answer.reason)
      expect(answer.samples.map(({ labels }) => labels)).toEqual([{ version: '1.9.0' }])
      expect(answer.samples[0]?.value).toBeCloseTo(180, 3)
    })

    it('refuses what is no query', async () => {
      expect(await metrics.query('sum(', now)).toEqual({
        kind: 'inconclusive',
        reason: 'the metrics server answers with an error (HTTP 400, bad_data)',
      })
    })
  })
})

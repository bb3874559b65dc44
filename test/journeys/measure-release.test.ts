import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/adapters/metrics/prometheus.ts'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import {
  createPrometheusEmulator,
  type Fault,
  type PrometheusEmulator,
} from '../../src/emulator/prometheus/prometheus.ts'
import { judgeRelease } from '../../src/features/slo/judge-release.ts'
import { createSloMeter } from '../../src/journeys/create-slo-meter.ts'
import { measureRelease } from '../../src/journeys/measure-release.ts'
import { noMetrics } from '../../src/main/no-metrics.ts'
import { slo } from '../simulation/slo/watch-release.ts'

const start = Date.UTC(2026, 10, 20, 8)
const minute = 60_000

describe('measuring a release that fails, every 15 s for an hour', { timeout: 60_000 }, () => {
  let clock: EmulatedClock
  let prometheus: PrometheusEmulator
  let url: string
  let errorRatio: number
  let version: string

  beforeEach(async () => {
    clock = createEmulatedClock(start)
    ;[version, errorRatio] = ['v0', 0]
    prometheus = createPrometheusEmulator({
      clock,
      traffic: () => [{ labels: { app: 'shop' }, version, requestsPerSecond: 10, errorRatio }],
    })
    url = (await prometheus.listen()).url
    await clock.advance(30 * minute)
  })
  afterEach(() => prometheus.close())

  async function watch(looks: number, timeoutMs = 5_000): Promise<Map<string, number>> {
    prometheus.catchUp()
    ;[version, errorRatio] = ['v1', 0.06]
    prometheus.catchUp()
    const meter = createSloMeter(createMetrics({ url, fetch, clock: systemClock, timeoutMs }))
    const release = { application: 'shop', revision: 'v1', appliedAt: clock.now(), versions: ['v1'] }
    const measured = {
      ...slo,
      badEvents: 'http_requests_total{code="500"}',
      totalEvents: 'http_requests_total',
    }
    const states = new Map<string, number>()
    for (let look = 0; look < looks; look += 1) {
      await clock.advance(15_000)
      const watched = { slo: measured, releases: [release], rivals: [], others: [] }
      const { state } = judgeRelease(measured, await measureRelease(meter, watched, clock.now()))
      states.set(state, (states.get(state) ?? 0) + 1)
    }
    return states
  }

  it.each<Fault>(['down', 'empty', 'nan', 'warnings'])('is blind while the server is %s', async (fault) => {
    prometheus.setFault(fault)
    expect(await watch(240)).toEqual(new Map([['blind', 240]]))
  })

  it('is blind while the server does not answer in time', async () => {
    prometheus.setFault('slow')
    expect(await watch(240, 5)).toEqual(new Map([['blind', 240]]))
  })

  it.each([
    [60, undefined],
    [61, 'its newest sample is 61 s old'],
  ])('is blind by stale samples: %i s → %s', async (age, blind) => {
    const now = start + 60 * minute
    const meter = {
      ...createSloMeter(noMetrics),
      pulse: () => Promise.resolve({ newestAt: now - age * 1000, scrapeSeconds: 15 }),
      count: () => Promise.resolve({ bad: 60, total: 1000 }),
    }
    const release = { application: 'shop', revision: 'v1', appliedAt: now - 2 * minute, versions: ['v1'] }
    const measured = await measureRelease(meter, { slo, releases: [release], rivals: [], others: [] }, now)
    expect(measured.blind).toBe(blind)
  })

  it('finds it within a minute where the server answers', async () => {
    // A past of half an hour would prove nothing.
    await clock.advance(4 * 60 * minute)
    const states = await watch(4)
    expect(states.get('breached') ?? 0).toBeGreaterThan(0)
  })
})

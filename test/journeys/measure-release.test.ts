import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/emulator/prometheus/prometheus.ts'
import { createSloMeter } from '../../src/journeys/slo/create-slo-meter.ts'
import { measureRelease } from '../../src/journeys/slo/measure-release.ts'
import { noMetrics } from '../../src/main/no-metrics.ts'
import { simulateFault } from '../simulation/slo/simulate-faults.ts'
import { slo } from '../simulation/slo/watch-release.ts'

const minute = 60_000

describe('measuring a release that fails, every 15 s for an hour', { timeout: 60_000 }, () => {
  it.each<[Fault, number]>([
    ['down', 5_000],
    ['empty', 5_000],
    ['nan', 5_000],
    ['warnings', 5_000],
    ['slow', 5],
  ])('is blind while the server is %s, which is said once', async (fault, timeoutMs) => {
    const { states, notices } = await simulateFault({ fault, hoursBefore: 0.5, looks: 240, timeoutMs })
    expect(states).toEqual(new Map([['blind', 240]]))
    expect(notices).toBe(1)
  })

  it.each([
    [60, undefined],
    [61, 'its newest sample is 61 s old'],
  ])('is blind by stale samples: %i s → %s', async (age, blind) => {
    const now = Date.UTC(2026, 10, 20, 9)
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
    const { states, notices } = await simulateFault({ fault: 'none', hoursBefore: 4.5, looks: 4 })
    expect(states.get('breached') ?? 0).toBeGreaterThan(0)
    expect(notices).toBe(0)
  })
})

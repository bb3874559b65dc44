import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { createEmulatedClock, type EmulatedClock } from '../../../src/emulator/clock.ts'
import { createPrometheusEmulator, type Fault } from '../../../src/emulator/prometheus/prometheus.ts'
import type { SloState } from '../../../src/domain/slo.ts'
import { judgeRelease } from '../../../src/features/slo/judge-release.ts'
import { createSloMeter } from '../../../src/journeys/slo/create-slo-meter.ts'
import { measureRelease } from '../../../src/journeys/slo/measure-release.ts'
import { noticeBlindness } from '../../../src/journeys/rollback/notice-blindness.ts'
import type { Ports } from '../../../src/journeys/ports.ts'
import { anActor, anAttestation, shop } from '../../builders.ts'
import { createMemoryStore } from '../memory-store.ts'
import { lookMs, slo as simulated } from './watch-release.ts'

const start = Date.UTC(2026, 10, 20, 8)
const slo = {
  ...simulated,
  badEvents: 'http_requests_total{code="500"}',
  totalEvents: 'http_requests_total',
}

const released = anAttestation({
  pull: { number: 12, title: 'Raise shop', author: anActor('ada'), approvedBy: [] },
})

export interface FaultySettings {
  fault: Fault
  /** Of being well before the release. */
  hoursBefore: number
  looks: number
  timeoutMs?: number
}

export interface FaultyWatch {
  states: Map<SloState, number>
  /** Comments that say that nothing can be said. */
  notices: number
}

/**
 * A release that fails in 6 %, watched through an emulated server over HTTP that has a fault. `looks` of 15 s each; what is
 * asked, how answers are read, what is made of them and what people are told is the product's own.
 */
export async function simulateFault({
  fault,
  hoursBefore,
  looks,
  timeoutMs = 5_000,
}: FaultySettings): Promise<FaultyWatch> {
  const clock = createEmulatedClock(start)
  let [version, errorRatio] = ['v0', 0]
  const prometheus = createPrometheusEmulator({
    clock,
    traffic: () => [{ labels: { app: 'shop' }, version, requestsPerSecond: 10, errorRatio }],
  })
  const { url } = await prometheus.listen()
  try {
    await clock.advance(hoursBefore * 3_600_000)
    prometheus.catchUp()
    ;[version, errorRatio] = ['v1', 0.06]
    prometheus.catchUp()
    prometheus.setFault(fault)
    const meter = createSloMeter(createMetrics({ url, fetch, clock: systemClock, timeoutMs }))
    const release = { application: 'shop', revision: 'v1', appliedAt: clock.now(), versions: ['v1'] }
    const watch = { repository: shop, slo, bad: released, appliedAt: clock.now() }
    const told = aPlaceToTell(clock)
    const states = new Map<SloState, number>()
    for (let look = 0; look < looks; look += 1) {
      await clock.advance(lookMs)
      const measured = await measureRelease(
        meter,
        { slo, releases: [release], rivals: [], others: [] },
        clock.now(),
      )
      const judgement = judgeRelease(slo, measured)
      await noticeBlindness(told.ports, { watch, judgement }, clock.now())
      states.set(judgement.state, (states.get(judgement.state) ?? 0) + 1)
    }
    return { states, notices: told.comments.length }
  } finally {
    await prometheus.close()
  }
}

/** All that a notice is written with. */
function aPlaceToTell(clock: EmulatedClock): { ports: Ports; comments: string[] } {
  const comments: string[] = []
  const github = {
    upsertComment: async (_pull: unknown, marker: string) => ({ id: String(comments.push(marker)) }),
  }
  const ports = { clock, github, store: createMemoryStore(), words: { write: () => '' } }
  return { ports: ports as unknown as Ports, comments }
}

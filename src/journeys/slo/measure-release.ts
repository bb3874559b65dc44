import type { Instant } from '../../domain/refs.ts'
import type { Measurement, Slo } from '../../domain/slo.ts'
import { likeliestOnset } from '../../features/slo/date-onset.ts'
import { burnRateWindows } from '../../features/slo/evaluate-slo.ts'
import {
  type BreachDetail,
  datedOnset,
  isSuspicious,
  type ReleaseMeasurements,
  type WatchedRelease,
} from '../../features/slo/judge-release.ts'
import type { Pulse, SloMeter } from './create-slo-meter.ts'

/** How long before the apply counts as `before`. */
export const beforeSeconds = 3600

/** A day: what happens every day has happened in it. It is counted in the same steps as what is compared with it. */
const historySeconds = 86_400

/** The beginning of the errors is looked for from so long before the apply on, in steps of this or two scrapes. */
const onsetLeadSeconds = 900
const onsetStepSeconds = 30

/** Samples that are older than so many scrapes are stale. */
const staleScrapes = 2

/** Until a sample is scraped, stored and visible, on top of the time between two scrapes. */
const ingestSeconds = 30

/** What is watched by one SLO. */
export interface SloWatch {
  slo: Slo
  /** The application's releases, newest first; at least one. */
  releases: WatchedRelease[]
  /** Releases of other applications of the environment in the same time. */
  rivals: WatchedRelease[]
  /** SLOs of the environment's other applications; a control was not released in this time. */
  others: { slo: Slo; isControl: boolean }[]
}

/** Measures what the verdict on a watch needs; what only an attribution needs, only where there is a suspicion. */
export async function measureRelease(
  meter: SloMeter,
  watch: SloWatch,
  now: Instant,
): Promise<ReleaseMeasurements> {
  const { slo, releases } = watch
  const { pulse, blind } = await feelPulse(meter, slo, now)
  const scrapeSeconds = pulse?.scrapeSeconds
  if (!pulse || blind !== undefined)
    return { burnRate: new Map(), releases: [], before: undefined, blind, scrapeSeconds }
  const firstAt = Math.min(...releases.map(({ appliedAt }) => appliedAt))
  const measured: ReleaseMeasurements = {
    scrapeSeconds,
    burnRate: await measureBurnRate(meter, slo, now),
    releases: await Promise.all(
      releases.map(async (release) => {
        const seconds = secondsSince(release.appliedAt, pulse, now)
        const [since, versions] = await Promise.all([
          meter.count(slo, seconds, now),
          meter.countByVersion(slo, seconds, now),
        ])
        return { release, since, versions }
      }),
    ),
    before: await meter.count(slo, beforeSeconds, firstAt),
  }
  if (!isSuspicious(slo, measured)) return measured
  return { ...measured, detail: await measureDetail(meter, watch, measured, pulse, now) }
}

/** The burn rates at this moment, or why the server cannot tell; of no release in particular. */
export async function measureNow(
  meter: SloMeter,
  slo: Slo,
  now: Instant,
): Promise<Pick<ReleaseMeasurements, 'blind' | 'burnRate' | 'scrapeSeconds'>> {
  const { pulse, blind } = await feelPulse(meter, slo, now)
  const burnRate = blind === undefined ? await measureBurnRate(meter, slo, now) : new Map()
  return { burnRate, blind, scrapeSeconds: pulse?.scrapeSeconds }
}

async function measureBurnRate(meter: SloMeter, slo: Slo, now: Instant): Promise<Map<number, Measurement>> {
  const measured = new Map<number, Measurement>()
  for (const seconds of burnRateWindows(slo)) {
    const counts = await meter.count(slo, seconds, now)
    measured.set(seconds, { from: now - seconds * 1000, at: now, bad: counts?.bad, total: counts?.total })
  }
  return measured
}

async function measureDetail(
  meter: SloMeter,
  { slo, releases, rivals, others }: SloWatch,
  measured: ReleaseMeasurements,
  pulse: Pulse,
  now: Instant,
): Promise<BreachDetail | undefined> {
  const { scrapeSeconds } = pulse
  const firstAt = Math.min(...releases.map(({ appliedAt }) => appliedAt))
  const stepSeconds = Math.max(onsetStepSeconds, Math.ceil(2 * scrapeSeconds))
  const from = firstAt - onsetLeadSeconds * 1000
  const steps = await meter.seriesByVersion(slo, { from, to: now, stepSeconds, scrapeSeconds })
  const history = await meter.series(slo, {
    from: firstAt - historySeconds * 1000,
    to: firstAt,
    stepSeconds,
    scrapeSeconds,
  })
  if (!steps || !history) return undefined
  const detail = { steps, history, stepMs: stepSeconds * 1000, rivals }
  const onset = likeliestOnset(datedOnset(slo, measured, detail)) ?? firstAt
  return {
    ...detail,
    others: await measureOthers(meter, others, onset, pulse, now),
  }
}

async function measureOthers(
  meter: SloMeter,
  others: SloWatch['others'],
  onset: Instant,
  pulse: Pulse,
  now: Instant,
): Promise<BreachDetail['others']> {
  const measured: BreachDetail['others'] = []
  for (const other of others) {
    const since = await meter.count(other.slo, secondsSince(onset, pulse, now), now)
    const before = await meter.count(other.slo, beforeSeconds, onset)
    if (since && before) measured.push({ ...other, before, since })
  }
  return measured
}

/** An increase needs two scrapes. */
function secondsSince(from: Instant, { scrapeSeconds }: Pulse, now: Instant): number {
  return Math.max((now - from) / 1000, 2 * scrapeSeconds)
}

/** `blind` says why nothing can be concluded now; what is stale still has a pulse. */
async function feelPulse(
  meter: SloMeter,
  slo: Slo,
  now: Instant,
): Promise<{ pulse?: Pulse; blind?: string }> {
  const pulse = await meter.pulse(slo, now)
  if (typeof pulse === 'string') return { blind: pulse }
  const age = (now - pulse.newestAt) / 1000
  const isStale = age > staleScrapes * pulse.scrapeSeconds + ingestSeconds
  return { pulse, ...(isStale && { blind: `its newest sample is ${Math.round(age)} s old` }) }
}

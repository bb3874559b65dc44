import type { Instant } from '../domain/refs.ts'
import type { Measurement, Slo } from '../domain/slo.ts'
import type { Counts } from '../features/slo/counts.ts'
import { burnRateWindows } from '../features/slo/evaluate-slo.ts'
import { countQueries } from '../features/slo/slo-queries.ts'
import type { Ports } from './ports.ts'

/** How long before the apply counts as `before`. */
const beforeSeconds = 3600

/** Steps in which the beginning of the errors is looked for. */
const onsetStepSeconds = 60
const onsetSteps = 15

export interface SloMeasurements {
  burnRate: Map<number, Measurement>
  /** Undefined: the server cannot say. */
  since: Counts | undefined
  before: Counts | undefined
  /** Since the apply, by value of the version label. */
  versions: Map<string, Counts>
  series: { at: Instant; counts: Counts }[]
  stepMs: number
}

/** Everything that the verdict on one SLO since one apply needs of the metrics server. */
export async function measureSlo(
  ports: Pick<Ports, 'metrics'>,
  slo: Slo,
  appliedAt: Instant,
  now: Instant,
): Promise<SloMeasurements> {
  const sinceSeconds = (now - appliedAt) / 1000
  const burnRate = new Map<number, Measurement>()
  for (const seconds of burnRateWindows()) {
    const counts = await countEvents(ports, slo, seconds, now)
    burnRate.set(seconds, { from: now - seconds * 1000, at: now, bad: counts?.bad, total: counts?.total })
  }
  const series: SloMeasurements['series'] = []
  for (let step = onsetSteps - 1; step >= 0; step -= 1) {
    const at = now - step * onsetStepSeconds * 1000
    const counts = await countEvents(ports, slo, onsetStepSeconds, at)
    // A step is dated by its beginning: that is when its errors may have begun.
    if (counts) series.push({ at: at - onsetStepSeconds * 1000, counts })
  }
  return {
    burnRate,
    since: await countEvents(ports, slo, sinceSeconds, now),
    before: await countEvents(ports, slo, beforeSeconds, appliedAt),
    versions: await countByVersion(ports, slo, sinceSeconds, now),
    series,
    stepMs: onsetStepSeconds * 1000,
  }
}

/** Undefined: no series, a warning or an error. Nothing is concluded from that. */
export async function countEvents(
  ports: Pick<Ports, 'metrics'>,
  slo: Slo,
  seconds: number,
  at: Instant,
): Promise<Counts | undefined> {
  const queries = countQueries(slo, seconds)
  if ('reason' in queries) return undefined
  const [bad, total] = await Promise.all([
    ports.metrics.query(queries.bad, at),
    ports.metrics.query(queries.total, at),
  ])
  if (bad.kind !== 'samples' || total.kind !== 'samples') return undefined
  const [badSample, totalSample] = [bad.samples[0], total.samples[0]]
  return badSample && totalSample ? { bad: badSample.value, total: totalSample.value } : undefined
}

async function countByVersion(
  ports: Pick<Ports, 'metrics'>,
  slo: Slo,
  seconds: number,
  at: Instant,
): Promise<Map<string, Counts>> {
  const label = slo.versionLabel
  const queries = label === undefined ? undefined : countQueries(slo, seconds, { byVersion: true })
  if (label === undefined || !queries || 'reason' in queries) return new Map()
  const [bad, total] = await Promise.all([
    ports.metrics.query(queries.bad, at),
    ports.metrics.query(queries.total, at),
  ])
  if (bad.kind !== 'samples' || total.kind !== 'samples') return new Map()
  const badByVersion = new Map(bad.samples.map(({ labels, value }) => [labels[label], value]))
  return new Map(
    total.samples.map(({ labels, value }) => [
      labels[label] ?? '',
      { bad: badByVersion.get(labels[label]) ?? 0, total: value },
    ]),
  )
}

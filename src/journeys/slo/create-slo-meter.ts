import type { Instant } from '../../domain/refs.ts'
import type { Slo } from '../../domain/slo.ts'
import type { Counts, CountsAt } from '../../features/slo/counts.ts'
import { ofAllVersions, type RecordedStep } from '../../features/slo/recorded-steps.ts'
import { countQueries, pulseQueries } from '../../features/slo/slo-queries.ts'
import type { Metrics, QueryAnswer } from '../../ports/metrics.ts'
import { stepsByVersion } from './steps-by-version.ts'

/** Counts what an SLO counts. Undefined wherever nothing can be concluded: no series, a warning, an error. */
export interface SloMeter {
  /** Events in the `seconds` that end at `at`. */
  count(slo: Slo, seconds: number, at: Instant): Promise<Counts | undefined>
  /** The same by value of the SLO's version label; empty where it has none or nothing can be concluded. */
  countByVersion(slo: Slo, seconds: number, at: Instant): Promise<ReadonlyMap<string, Counts>>
  /** Events in each step of the span; steps without data are left out. */
  series(slo: Slo, span: Span): Promise<CountsAt[] | undefined>
  /** The same by value of the SLO's version label; all under '' where it has none. */
  seriesByVersion(slo: Slo, span: Span): Promise<RecordedStep[] | undefined>
  /** How fresh the metrics are. A string says why that cannot be said. */
  pulse(slo: Slo, at: Instant): Promise<Pulse | string>
}

export interface Span {
  from: Instant
  to: Instant
  stepSeconds: number
  /** Time between two scrapes. */
  scrapeSeconds: number
}

export interface Pulse {
  newestAt: Instant
  scrapeSeconds: number
}

/** Scrapes are counted over so long. */
export const pulseSeconds = 600

/** What a pulse says where there is nothing to feel. */
export const noSeries = 'there are no series of its events'

export function createSloMeter(metrics: Metrics): SloMeter {
  return {
    async count(slo, seconds, at) {
      const queries = countQueries(slo, seconds)
      if ('reason' in queries) return undefined
      const [bad, total] = await both(metrics, queries, at)
      const [badSample, totalSample] = [samplesOf(bad)?.[0], samplesOf(total)?.[0]]
      return badSample && totalSample ? { bad: badSample.value, total: totalSample.value } : undefined
    },

    async countByVersion(slo, seconds, at) {
      const label = slo.versionLabel
      const queries = label === undefined ? undefined : countQueries(slo, seconds, { byVersion: true })
      if (label === undefined || !queries || 'reason' in queries) return new Map()
      const [bad, total] = await both(metrics, queries, at)
      if (bad.kind !== 'samples' || total.kind !== 'samples') return new Map()
      const badByVersion = new Map(bad.samples.map(({ labels, value }) => [labels[label], value]))
      return new Map(
        total.samples.flatMap(({ labels, value }) => {
          const failed = badByVersion.get(labels[label])
          return failed === undefined ? [] : [[labels[label] ?? '', { bad: failed, total: value }] as const]
        }),
      )
    },

    async series(slo, span) {
      const steps = await stepsOf(metrics, { ...slo, versionLabel: undefined }, span)
      return steps && ofAllVersions(steps)
    },

    seriesByVersion: (slo, span) => stepsOf(metrics, slo, span),

    async pulse(slo, at) {
      const queries = pulseQueries(slo, pulseSeconds)
      if ('reason' in queries) return queries.reason
      const [newest, scrapes] = await Promise.all([
        metrics.query(queries.newest, at),
        metrics.query(queries.scrapes, at),
      ])
      if (newest.kind !== 'samples') return newest.reason
      if (scrapes.kind !== 'samples') return scrapes.reason
      const [newestSample, count] = [newest.samples[0], scrapes.samples[0]]
      if (!newestSample || !count) return noSeries
      return { newestAt: newestSample.value * 1000, scrapeSeconds: pulseSeconds / Math.max(count.value, 1) }
    },
  }
}

async function stepsOf(
  metrics: Metrics,
  slo: Slo,
  { from, to, stepSeconds, scrapeSeconds }: Span,
): Promise<RecordedStep[] | undefined> {
  // One scrape more than the step, or what grows between two steps is in neither.
  const range = stepSeconds + scrapeSeconds
  const queries = countQueries(slo, range, { byVersion: slo.versionLabel !== undefined })
  if ('reason' in queries) return undefined
  // Counted from the end: the newest step is the one that matters most.
  const stepMs = stepSeconds * 1000
  const first = to - Math.floor((to - from) / stepMs - 1) * stepMs
  const [bad, total] = await Promise.all([
    metrics.queryRange(queries.bad, { from: first, to, stepSeconds }),
    metrics.queryRange(queries.total, { from: first, to, stepSeconds }),
  ])
  return stepsByVersion(slo, { bad, total }, { stepSeconds, range })
}

function both(
  metrics: Metrics,
  queries: { bad: string; total: string },
  at: Instant,
): Promise<[QueryAnswer, QueryAnswer]> {
  return Promise.all([metrics.query(queries.bad, at), metrics.query(queries.total, at)])
}

function samplesOf(answer: QueryAnswer) {
  return answer.kind === 'samples' ? answer.samples : undefined
}

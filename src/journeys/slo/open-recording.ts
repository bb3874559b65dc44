import type { Instant } from '../../domain/refs.ts'
import { remember } from '../../domain/remember.ts'
import type { Slo } from '../../domain/slo.ts'
import type { RecordedStep } from '../../features/slo/recorded-steps.ts'
import { countQueries, minRangeSeconds, pulseQueries } from '../../features/slo/slo-queries.ts'
import type { Metrics, RangeAnswer } from '../../ports/metrics.ts'
import { createSloMeter, noSeries, type Pulse, pulseSeconds } from './create-slo-meter.ts'
import { stepsByVersion } from './steps-by-version.ts'

/** Of one query: far below what servers and we allow, with a label for each of dozens of versions. */
const stepsOfChunk = 480

/** The product looks so often; a step holds two scrapes, or its increase says nothing. */
const leastStepSeconds = 15

/** Where nobody can say how often is scraped. */
const usualScrapeSeconds = 15

/** What was recorded of one SLO, read in chunks at first need. */
export interface Recording {
  stepMs: number
  steps(from: Instant, to: Instant): Promise<RecordedStep[] | undefined>
  pulse(at: Instant): Promise<Pulse | string>
}

/** Opens what a metrics server has of one SLO until `end`. `onQuery` is told of each range that is asked for. */
export async function openRecording(
  metrics: Metrics,
  slo: Slo,
  end: Instant,
  onQuery: () => void,
): Promise<Recording> {
  const now = await createSloMeter(metrics).pulse(slo, end)
  const scrapeSeconds = typeof now === 'string' ? usualScrapeSeconds : now.scrapeSeconds
  const stepSeconds = Math.max(leastStepSeconds, Math.ceil(2 * scrapeSeconds))
  const [stepMs, chunkMs] = [stepSeconds * 1000, stepsOfChunk * stepSeconds * 1000]
  const until = Math.floor(end / stepMs) * stepMs
  const steps = new Map<number, Promise<RecordedStep[] | undefined>>()
  const pulses = new Map<number, Promise<Map<Instant, Pulse> | string>>()
  const ask = (promql: string, chunk: number) => {
    onQuery()
    const to = Math.min((chunk + 1) * chunkMs, until)
    return metrics.queryRange(promql, { from: chunk * chunkMs + stepMs, to, stepSeconds })
  }
  return {
    stepMs,
    async steps(from, to) {
      const found: RecordedStep[] = []
      const last = Math.min(to, until) - 1
      for (let chunk = Math.floor(from / chunkMs); chunk <= Math.floor(last / chunkMs); chunk += 1) {
        const read = await remember(steps, chunk, () =>
          readSteps(slo, { stepSeconds, scrapeSeconds }, (promql) => ask(promql, chunk)),
        )
        if (!read) return undefined
        found.push(...read)
      }
      return found
    },
    async pulse(at) {
      const time = Math.min(Math.floor(at / stepMs) * stepMs, until)
      const chunk = Math.floor((time - 1) / chunkMs)
      const read = await remember(pulses, chunk, () => readPulses(slo, (promql) => ask(promql, chunk)))
      return typeof read === 'string' ? read : (read.get(time) ?? noSeries)
    },
  }
}

async function readSteps(
  slo: Slo,
  { stepSeconds, scrapeSeconds }: { stepSeconds: number; scrapeSeconds: number },
  ask: (promql: string) => Promise<RangeAnswer>,
): Promise<RecordedStep[] | undefined> {
  const label = slo.versionLabel
  // One scrape more than the step, or what grows between two steps is in neither.
  const range = Math.max(Math.ceil(stepSeconds + scrapeSeconds), minRangeSeconds)
  const queries = countQueries(slo, range, { byVersion: label !== undefined })
  if ('reason' in queries) return undefined
  const [bad, total] = await Promise.all([ask(queries.bad), ask(queries.total)])
  return stepsByVersion(slo, { bad, total }, { stepSeconds, range })
}

async function readPulses(
  slo: Slo,
  ask: (promql: string) => Promise<RangeAnswer>,
): Promise<Map<Instant, Pulse> | string> {
  const queries = pulseQueries(slo, pulseSeconds)
  if ('reason' in queries) return queries.reason
  const [newest, scrapes] = await Promise.all([ask(queries.newest), ask(queries.scrapes)])
  if (newest.kind !== 'series') return newest.reason
  if (scrapes.kind !== 'series') return scrapes.reason
  const countAt = new Map(scrapes.series[0]?.samples.map(({ at, value }) => [at, value]))
  return new Map(
    (newest.series[0]?.samples ?? []).map(({ at, value }) => [
      at,
      { newestAt: value * 1000, scrapeSeconds: pulseSeconds / Math.max(countAt.get(at) ?? 0, 1) },
    ]),
  )
}

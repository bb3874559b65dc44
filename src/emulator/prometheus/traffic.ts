import type { Instant } from '../../domain/refs.ts'
import type { Clock } from '../../ports/clock.ts'

/** What is being served at this moment, as the story has it. */
export interface TrafficFlow {
  labels: Record<string, string>
  version: string
  requestsPerSecond: number
  /** Share of requests answered with 500. */
  errorRatio: number
}

export interface Series {
  labels: Record<string, string>
  /** In order of time. */
  samples: { at: Instant; value: number }[]
}

/** As Prometheus scrapes: every 5 s of the clock. */
export const scrapeMs = 5_000

/** Older samples are forgotten. */
const retentionMs = 7 * 3600_000

/**
 * Counters that grow with the clock: `http_requests_total` by version and code. Between two looks the traffic is what it was
 * at the earlier one, so a flow counts from the moment that `catchUp` first sees it; counts are exact, not random.
 */
export function createCounters(clock: Clock, traffic: () => TrafficFlow[]) {
  const series = new Map<string, Series & { count: number; grownAt: Instant }>()
  let flows: TrafficFlow[] = []
  let countedTo = clock.now()
  let nextScrape = Math.ceil(countedTo / scrapeMs) * scrapeMs

  return {
    /** Brings counters and samples up to now. Call it before a change of traffic too, so that the change begins then. */
    catchUp(): Series[] {
      const now = clock.now()
      if (countedTo === now && flows.length === 0) flows = traffic()
      while (nextScrape <= now) {
        grow(nextScrape)
        scrape(nextScrape)
        nextScrape += scrapeMs
      }
      grow(now)
      flows = traffic()
      return [...series.values()]
    },
  }

  function grow(to: Instant): void {
    const seconds = (to - countedTo) / 1000
    countedTo = to
    for (const { labels, version, requestsPerSecond, errorRatio } of flows) {
      const requests = requestsPerSecond * seconds
      add({ ...labels, version, code: '200' }, requests * (1 - errorRatio))
      // A counter is born with its first event: no error, no series.
      if (errorRatio > 0) add({ ...labels, version, code: '500' }, requests * errorRatio)
    }
  }

  function add(labels: Record<string, string>, events: number): void {
    const whole = { __name__: 'http_requests_total', ...labels }
    const key = JSON.stringify(Object.entries(whole).toSorted())
    const known = series.get(key)
    if (!known) series.set(key, { labels: whole, samples: [], count: events, grownAt: countedTo })
    else if (events > 0) Object.assign(known, { count: known.count + events, grownAt: countedTo })
  }

  function scrape(at: Instant): void {
    for (const [key, one] of series) {
      // What has served nothing for so long is not there any more.
      if (one.grownAt < at - retentionMs) series.delete(key)
      one.samples.push({ at, value: one.count })
      if ((one.samples[0]?.at ?? at) < at - retentionMs) one.samples.shift()
    }
  }
}

import type { Slo } from '../../../src/domain/slo.ts'
import { type Counts, type CountsAt, sumOf } from '../../../src/features/slo/counts.ts'
import type { RecordedStep } from '../../../src/features/slo/recorded-steps.ts'
import type { Pulse, SloMeter } from '../../../src/journeys/slo/create-slo-meter.ts'
import type { Randomness } from './randomness.ts'
import type { Habit } from './traffic.ts'

/** Counters as a Prometheus sees them: scraped, late, with gaps, one series for each version and code. */
export interface ScrapedCounters {
  /** Counts events up to `at` (ms). Goes forward only. */
  add(at: number, version: string, counts: Counts): void
  /** Ends a version's pods: its series end. */
  end(at: number, version: string): void
  meter: SloMeter
}

interface Series {
  version: string
  bad: number
  total: number
  /** Of the first scrape that sees it, in `times`. */
  first: number
  /** Of the first scrape that sees an error: the series is born with it. */
  firstBad: number
  samples: { bad: number[]; total: number[] }
  endedAt: number
}

export function createScrapedCounters(habit: Habit, random: Randomness, from: number): ScrapedCounters {
  const scrapeMs = habit.scrapeSeconds * 1000
  const lagMs = habit.lagSeconds * 1000
  const times: number[] = []
  const series: Series[] = []
  let nextScrape = from + Math.floor(random.next() * scrapeMs)
  let gapFrom = nextGap(from)
  /** The present: what was scraped shortly before it cannot be seen yet. */
  let latest = from
  let remembered = new Map<string, CountsAt[]>()
  let gapUntil = gapFrom + gapLength()

  return {
    add(at, version, counts) {
      scrapeUpTo(at)
      const one = find(version)
      one.bad += counts.bad
      one.total += counts.total
    },
    end(at, version) {
      scrapeUpTo(at)
      find(version).endedAt = at
    },
    meter: {
      count: (_slo, seconds, at) => Promise.resolve(count(seconds, at)),
      countByVersion: (slo, seconds, at) =>
        Promise.resolve(slo.versionLabel === undefined ? new Map() : countByVersion(seconds, at)),
      seriesByVersion: (slo, { from, to, stepSeconds }) =>
        Promise.resolve(stepsByVersion(slo, from, to, stepSeconds)),
      series: (_slo, { from, to, stepSeconds }) => Promise.resolve(steps(from, to, stepSeconds)),
      pulse: (_slo, at) => Promise.resolve(pulse(at)),
    },
  }

  function nextGap(after: number): number {
    return habit.hoursBetweenGaps ? after + random.exponential(habit.hoursBetweenGaps * 3_600_000) : Infinity
  }
  function gapLength(): number {
    return 60_000 + random.next() * 180_000
  }

  function find(version: string): Series {
    const known = series.findLast((one) => one.version === version)
    if (known) return known
    const born = {
      version,
      bad: 0,
      total: 0,
      first: times.length,
      firstBad: -1,
      samples: { bad: [], total: [] },
      endedAt: Infinity,
    }
    series.push(born)
    return born
  }

  function scrapeUpTo(at: number): void {
    latest = Math.max(latest, at)
    for (; nextScrape <= at; nextScrape += scrapeMs) {
      if (nextScrape >= gapUntil) {
        gapFrom = nextGap(nextScrape)
        gapUntil = gapFrom + gapLength()
      }
      if (nextScrape >= gapFrom && nextScrape < gapUntil) continue
      times.push(nextScrape)
      for (let index = series.length - 1; index >= 0; index -= 1) {
        const one = series[index]!
        // Versions end in the order in which they began.
        if (one.endedAt <= nextScrape) break
        if (one.bad > 0 && one.firstBad === -1) one.firstBad = times.length - 1
        one.samples.bad.push(one.bad)
        one.samples.total.push(one.total)
      }
    }
  }

  function count(seconds: number, at: number): Counts | undefined {
    let bad: number | undefined
    let total: number | undefined
    for (const one of within(seconds, at)) {
      bad = plus(bad, increase(one, 'bad', seconds, at))
      total = plus(total, increase(one, 'total', seconds, at))
    }
    return total === undefined ? undefined : { bad: bad ?? 0, total }
  }

  function countByVersion(seconds: number, at: number): Map<string, Counts> {
    return new Map(
      within(seconds, at).flatMap((one) => {
        const total = increase(one, 'total', seconds, at)
        return total === undefined
          ? []
          : [[one.version, { bad: increase(one, 'bad', seconds, at) ?? 0, total }] as const]
      }),
    )
  }

  /** The past does not change; it is asked for at every look. */
  function steps(from: number, to: number, stepSeconds: number): CountsAt[] {
    const key = `${from} ${to} ${stepSeconds}`
    const known = remembered.get(key)
    if (known) return known
    const found = countSteps(from, to, stepSeconds)
    // The newest sample of a span that has passed may still be under way.
    if (to < latest - lagMs - scrapeMs) remembered = new Map([[key, found]])
    return found
  }

  function stepsByVersion(slo: Slo, from: number, to: number, stepSeconds: number): RecordedStep[] {
    const stepMs = stepSeconds * 1000
    const range = stepSeconds + habit.scrapeSeconds
    const share = stepSeconds / range
    const found: RecordedStep[] = []
    for (let end = to - Math.floor((to - from) / stepMs - 1) * stepMs; end <= to; end += stepMs) {
      const versions = countByVersion(range, end)
      if (slo.versionLabel === undefined && versions.size > 0) {
        const all = sumOf([...versions.values()])
        versions.clear()
        versions.set('', all)
      }
      for (const [name, { bad, total }] of versions)
        versions.set(name, { bad: bad * share, total: total * share })
      if (versions.size > 0) found.push({ at: end - stepMs, versions })
    }
    return found
  }

  function countSteps(from: number, to: number, stepSeconds: number): CountsAt[] {
    const stepMs = stepSeconds * 1000
    const range = stepSeconds + habit.scrapeSeconds
    const found: CountsAt[] = []
    for (let end = to - Math.floor((to - from) / stepMs - 1) * stepMs; end <= to; end += stepMs) {
      const counts = count(range, end)
      const share = stepSeconds / range
      if (counts)
        found.push({ at: end - stepMs, counts: { bad: counts.bad * share, total: counts.total * share } })
    }
    return found
  }

  function pulse(at: number): Pulse | string {
    const newest = lastVisible(at)
    if (newest < 0) return 'there are no series of its events'
    return { newestAt: times[newest]!, scrapeSeconds: habit.scrapeSeconds }
  }

  function within(seconds: number, at: number): Series[] {
    const found: Series[] = []
    for (let index = series.length - 1; index >= 0; index -= 1) {
      const one = series[index]!
      if (one.endedAt < at - seconds * 1000) break
      found.push(one)
    }
    return found
  }

  /** As `increase` has it. Source: prometheus, promql/functions.go, extrapolatedRate. */
  function increase(one: Series, name: 'bad' | 'total', seconds: number, at: number): number | undefined {
    const start = at - seconds * 1000
    const born = name === 'bad' ? one.firstBad : one.first
    if (born < 0) return undefined
    const last = Math.min(lastVisible(at), one.first + one.samples[name].length - 1)
    const first = Math.max(firstAfter(start), born)
    if (last <= first) return undefined
    const [firstAt, lastAt] = [times[first]!, times[last]!]
    const firstValue = one.samples[name][first - one.first]!
    const grown = one.samples[name][last - one.first]! - firstValue
    const sampled = lastAt - firstAt
    const step = sampled / (last - first)
    const edge = (gap: number) => (gap < step * 1.1 ? gap : step / 2)
    const untilZero = grown > 0 ? sampled * (firstValue / grown) : Infinity
    return (grown * (sampled + edge(Math.min(firstAt - start, untilZero)) + edge(at - lastAt))) / sampled
  }

  function lastVisible(at: number): number {
    return firstAfter(Math.min(at, latest - lagMs)) - 1
  }

  /** The first scrape after a time. Without gaps there are as many as fit in between: that is where the search begins. */
  function firstAfter(at: number): number {
    let high = times.length
    if (high === 0 || times[high - 1]! <= at) return high
    let low = Math.max(0, high - 1 - Math.ceil((times[high - 1]! - at) / scrapeMs))
    if (low + 1 < high && times[low]! <= at && times[low + 1]! > at) return low + 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (times[middle]! <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}

function plus(left: number | undefined, right: number | undefined): number | undefined {
  return right === undefined ? left : (left ?? 0) + right
}

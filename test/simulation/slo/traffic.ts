import type { Randomness } from './randomness.ts'

/** Traffic and errors are drawn for so many seconds at a time. */
export const tickSeconds = 5

/** How a service is used, and how it fails while nothing is wrong with it. */
export interface Habit {
  requestsPerSecond: number
  errors: 'independent' | 'bursts' | 'over-dispersed' | 'daily'
  scrapeSeconds: number
  /** From a scrape until a query sees it. */
  lagSeconds: number
  /** Mean time between two gaps of one to four minutes in the metrics; none when absent. */
  hoursBetweenGaps?: number
}

/** Error ratio of a quiet time: well within an objective of 99.9 %. */
export const usual = 0.0002

/** One burst in half an hour, 20 s long, with 1 to 5 % errors. */
export const burst = { everySeconds: 1800, meanSeconds: 20, least: 0.01, most: 0.05 }

export interface Tick {
  requestsPerSecond: number
  errorRatio: number
}

/** What each tick is like, one after another; `second` counts from a midnight. */
export function createTraffic(habit: Habit, random: Randomness): (second: number) => Tick {
  let burstUntil = -1
  let burstRatio = 0
  const bursts = (second: number): number => {
    if (second >= burstUntil && random.next() < tickSeconds / burst.everySeconds) {
      burstUntil = second + random.exponential(burst.meanSeconds)
      burstRatio = burst.least + (burst.most - burst.least) * random.next()
    }
    return second < burstUntil ? burstRatio : usual / 2
  }
  const steady = habit.requestsPerSecond
  switch (habit.errors) {
    case 'independent':
      return () => ({ requestsPerSecond: steady, errorRatio: usual })
    case 'bursts':
      return (second) => ({ requestsPerSecond: steady, errorRatio: bursts(second) })
    case 'over-dispersed':
      // One tick in fifty has all the errors of the fifty.
      return () => ({ requestsPerSecond: steady, errorRatio: random.next() < 1 / 50 ? usual * 50 : 0 })
    case 'daily':
      return (second) => daily(steady, second)
  }
}

/** A third of the traffic at night, more errors under load, and a job at three that fails 1 % for two minutes. */
export function daily(steady: number, second: number): Tick {
  const hour = (second / 3600) % 24
  const load = 1 - (2 / 3) * Math.cos((hour / 24) * 2 * Math.PI)
  const isJob = hour >= 3 && hour < 3 + 1 / 30
  return { requestsPerSecond: steady * load, errorRatio: isJob ? 0.01 : usual * load }
}

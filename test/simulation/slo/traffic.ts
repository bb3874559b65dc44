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
  /** Of bursts: the share that falls on the pods of one version alone, the others on all versions alike; 0 when absent. */
  loneBursts?: number
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
  /** Falls on one version alone, in place of `errorRatio`. The same object as long as it lasts. */
  loneBurst?: LoneBurst
}

/** Trouble of some pods, as of their node: not of what they run. */
export interface LoneBurst {
  errorRatio: number
  /** Which request, 0 to 1 of those when it began, was its first: of that one's version it is. */
  place: number
}

/** What each tick is like, one after another; `second` counts from a midnight. */
export function createTraffic(habit: Habit, random: Randomness): (second: number) => Tick {
  const bursts = createBursts(habit.loneBursts ?? 0, random)
  const steady = habit.requestsPerSecond
  switch (habit.errors) {
    case 'independent':
      return () => ({ requestsPerSecond: steady, errorRatio: usual })
    case 'bursts':
      return (second) => ({ requestsPerSecond: steady, ...bursts(second) })
    case 'over-dispersed':
      // One tick in fifty has all the errors of the fifty.
      return () => ({ requestsPerSecond: steady, errorRatio: random.next() < 1 / 50 ? usual * 50 : 0 })
    case 'daily':
      return (second) => daily(steady, second)
  }
}

function createBursts(lone: number, random: Randomness): (second: number) => Omit<Tick, 'requestsPerSecond'> {
  const quiet = { errorRatio: usual / 2 }
  let until = -1
  let present: Omit<Tick, 'requestsPerSecond'> = quiet
  return (second) => {
    if (second >= until && random.next() < tickSeconds / burst.everySeconds) {
      until = second + random.exponential(burst.meanSeconds)
      const errorRatio = burst.least + (burst.most - burst.least) * random.next()
      const isLone = lone > 0 && random.next() < lone
      present = isLone ? { ...quiet, loneBurst: { errorRatio, place: random.next() } } : { errorRatio }
    }
    return second < until ? present : quiet
  }
}

/** A third of the traffic at night, more errors under load, and a job at three that fails 1 % for two minutes. */
export function daily(steady: number, second: number): Tick {
  const hour = (second / 3600) % 24
  const load = 1 - (2 / 3) * Math.cos((hour / 24) * 2 * Math.PI)
  const isJob = hour >= 3 && hour < 3 + 1 / 30
  return { requestsPerSecond: steady * load, errorRatio: isJob ? 0.01 : usual * load }
}

import type { Instant } from '../../src/domain/refs.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import type { Dice } from './simulated-world.ts'

/** Requests a second that each cluster of production answers. */
const rate = 5
/** Of the requests of an ordinary version, and of a bad one. */
const errors = { ordinary: 0.0002, bad: 0.2 }

/** A version that answers one request in five with an error. */
export function isBad(version: string): boolean {
  return version === '1.3.0'
}

/** What users of production meet, as a Prometheus server tells it. */
export interface ShopTraffic {
  /** From this moment on the cluster answers with this version. */
  serve(application: string, cluster: string, version: string, at: Instant): void
  /** From this moment on one request in five to these fails, whatever version answers. */
  breakDown(applications: readonly string[], at: Instant): void
  metrics: Metrics
}

interface Served {
  version: string
  from: Instant
}

const scrapeSeconds = 15

/** One in so many comes back with a warning instead of numbers. */
const answers = 200
const partial = { kind: 'inconclusive', reason: 'a store did not answer in time' } as const

/** Steady traffic from long ago. */
export function createShopTraffic(dice: Dice): ShopTraffic {
  const served = new Map<string, Served[]>()
  const brokenSince = new Map<string, Instant>()
  const eventsIn = (application: string, from: Instant, to: Instant) => {
    let [bad, total] = [0, 0]
    for (const [place, versions] of served) {
      if (!place.startsWith(`${application} `)) continue
      for (const [index, { version, from: begun }] of versions.entries()) {
        const end = versions[index + 1]?.from ?? Infinity
        const first = index === 0 ? -Infinity : begun
        const seconds = Math.max(0, Math.min(to, end) - Math.max(from, first)) / 1000
        total += seconds * rate
        bad += seconds * rate * (isBad(version) ? errors.bad : errors.ordinary)
        const broken = Math.min(to, end) - Math.max(from, first, brokenSince.get(application) ?? Infinity)
        bad += (Math.max(0, broken) / 1000) * rate * errors.bad
      }
    }
    return { bad, total }
  }
  /** What the product asks: how fresh the samples are, how many, and how much they grew. Undefined: no series. */
  const valueAt = (promql: string, at: Instant): number | undefined => {
    const application = /app="([a-z]+)"/.exec(promql)?.[1] ?? ''
    const seconds = Number(/\[(\d+)s\]/.exec(promql)?.[1] ?? 0)
    const counts = eventsIn(application, at - Math.max(seconds, 1) * 1000, at)
    if (counts.total === 0) return undefined
    if (promql.includes('timestamp(')) return at / 1000
    if (promql.includes('count_over_time(')) return seconds / scrapeSeconds
    return promql.includes('code=~') ? counts.bad : counts.total
  }
  return {
    serve(application, cluster, version, at) {
      const place = `${application} ${cluster}`
      const before = served.get(place) ?? []
      if (before.at(-1)?.version !== version) served.set(place, [...before, { version, from: at }])
    },
    breakDown(applications, at) {
      for (const application of applications) brokenSince.set(application, at)
    },
    metrics: {
      async query(promql, at) {
        if (dice(answers) === 0) return partial
        const value = valueAt(promql, at)
        return { kind: 'samples', samples: value === undefined ? [] : [{ labels: {}, value, at }] }
      },
      async queryRange(promql, { from, to, stepSeconds }) {
        if (dice(answers) === 0) return partial
        const steps = Math.floor((to - from) / 1000 / stepSeconds) + 1
        const samples = Array.from({ length: steps }, (_, step) => from + step * stepSeconds * 1000)
          .map((at) => ({ at, value: valueAt(promql, at) }))
          .filter((sample): sample is { at: Instant; value: number } => sample.value !== undefined)
        return { kind: 'series', series: samples.length === 0 ? [] : [{ labels: {}, samples }] }
      },
    },
  }
}

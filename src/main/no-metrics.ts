import type { Metrics } from '../ports/metrics.ts'

const nowhere = { kind: 'inconclusive', reason: 'PROMETHEUS_URL is not set' } as const

/** Where no Prometheus is configured nothing can be concluded, which is neither good nor bad. */
export const noMetrics: Metrics = {
  query: () => Promise.resolve(nowhere),
  queryRange: () => Promise.resolve(nowhere),
}

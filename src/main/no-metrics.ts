import type { Metrics } from '../ports/metrics.ts'

/** Where no Prometheus is configured nothing can be concluded, which is neither good nor bad. */
export const noMetrics: Metrics = {
  query: () => Promise.resolve({ kind: 'inconclusive', reason: 'PROMETHEUS_URL is not set' }),
}

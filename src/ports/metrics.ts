import type { Instant } from '../domain/refs.ts'

/** A Prometheus-compatible server. */
export interface Metrics {
  /** An instant query. Warnings (partial answers) and errors are `inconclusive`, never numbers. */
  query(promql: string, at: Instant): Promise<QueryAnswer>
}

export type QueryAnswer =
  | { kind: 'samples'; samples: { labels: Record<string, string>; value: number; at: Instant }[] }
  | { kind: 'inconclusive'; reason: string }

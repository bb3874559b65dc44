import type { Instant } from '../domain/refs.ts'

/** A Prometheus-compatible server. Warnings (partial answers) and errors are `inconclusive`, never numbers. */
export interface Metrics {
  /** An instant query. */
  query(promql: string, at: Instant): Promise<QueryAnswer>
  /** The same query at `from` and every `stepSeconds` after it, up to `to`. */
  queryRange(promql: string, span: QuerySpan): Promise<RangeAnswer>
}

export interface QuerySpan {
  from: Instant
  to: Instant
  stepSeconds: number
}

export type QueryAnswer =
  | { kind: 'samples'; samples: { labels: Record<string, string>; value: number; at: Instant }[] }
  | { kind: 'inconclusive'; reason: string }

export type RangeAnswer =
  | {
      kind: 'series'
      series: { labels: Record<string, string>; samples: { at: Instant; value: number }[] }[]
    }
  | { kind: 'inconclusive'; reason: string }

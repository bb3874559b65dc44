/** Figures for operators. A metric is declared once, where it is counted; declaring it again gives the same one. */
export interface Telemetry {
  /** Only grows. The name ends in `_total`. */
  counter<Label extends string>(metric: Metric<Label>): (labels: Record<Label, string>, by?: number) => void
  /** Spans of time; the name ends in `_seconds`. */
  histogram<Label extends string>(
    metric: Metric<Label> & { buckets: number[] },
  ): (labels: Record<Label, string>, value: number) => void
  /** Read when somebody asks for the figures; a reader that throws leaves its metric out. */
  gauge<Label extends string>(
    metric: Metric<Label>,
    read: () => Promise<{ labels: Record<Label, string>; value: number }[]>,
  ): void
  /** All metrics in the text format of Prometheus. */
  expose(): Promise<{ contentType: string; text: string }>
}

export interface Metric<Label extends string> {
  name: string
  help: string
  /** Few values each: never a repository, a pull request or a user. */
  labels: readonly Label[]
}

/** The share of events that may be bad: 0.001 for 99.9 %, without what floating point adds to 1 − 0.999. */
export function errorBudget({ objective }: { objective: number }): number {
  return Number((1 - objective).toPrecision(12))
}

import type { Instant } from '../../domain/refs.ts'
import type { SloVerdict } from '../../domain/slo.ts'

/** A time in which the budget burned too fast. */
export interface BurnSpan {
  from: Instant
  /** The last look that found it. */
  to: Instant
  /** The highest burn rate in it. */
  burnRate: number
  /** Of the look that found it. */
  reason: string
}

/** The times of breach that began outside `watched`, in order. Looks are `stepMs` apart; one that is missing ends a span. */
export function burnSpans(
  looks: readonly { at: Instant; verdict: SloVerdict }[],
  stepMs: number,
  watched: readonly { from: Instant; to: Instant }[],
): BurnSpan[] {
  const spans: BurnSpan[] = []
  for (const { at, verdict } of looks) {
    if (verdict.state !== 'breached') continue
    const burnRate = verdict.burnRate ?? 0
    const open = spans.at(-1)
    if (open && at - open.to <= stepMs)
      Object.assign(open, { to: at, burnRate: Math.max(open.burnRate, burnRate) })
    else spans.push({ from: at, to: at, burnRate, reason: verdict.reason })
  }
  return spans.filter(({ from }) => !watched.some((watch) => from >= watch.from && from <= watch.to))
}

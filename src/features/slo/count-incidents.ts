import type { CountsAt } from './counts.ts'
import { evidenceOf } from './sequential-test.ts'

/** How often errors like those of a breach come by themselves. */
export interface IncidentRate {
  incidents: number
  hours: number
  /** Half an incident is always assumed, so that a quiet or a short past proves nothing for certain. */
  perSecond: number
}

const minHours = 0.5

/** An earlier incident counts when it was at least so strong, as a share of the present one. */
const alike = 0.5

/**
 * How often a past without releases went wrong as much as `series` does now, or nearly: excursions of the same CUSUM.
 * The longer and the worse a breach is, the fewer there were. Source: E. S. Page, Continuous inspection schemes, 1954.
 */
export function countIncidents(
  history: readonly CountsAt[],
  stepMs: number,
  series: readonly CountsAt[],
  tolerated: number,
): IncidentRate {
  const present = Math.max(0, ...excursions(series, tolerated))
  const incidents = excursions(history, tolerated).filter((peak) => peak >= alike * present).length
  const conclusive = history.filter(({ counts }) => counts.total > 0).length
  const hours = Math.max((conclusive * stepMs) / 3_600_000, minHours)
  return { incidents, hours, perSecond: (incidents + 0.5) / (hours * 3600) }
}

/** The peak of each run in which the evidence against the service, counted up and never below zero, is above zero. */
function excursions(series: readonly CountsAt[], tolerated: number): number[] {
  const peaks: number[] = []
  let level = 0
  for (const { counts } of series) {
    const next = Math.max(0, level + evidenceOf(counts, tolerated))
    if (next > 0 && level === 0) peaks.push(next)
    else if (next > 0) peaks.push(Math.max(next, peaks.pop() ?? 0))
    level = next
  }
  return peaks
}

import type { Counts, CountsAt } from './counts.ts'
import { evidenceOf, suspectedRatio } from './sequential-test.ts'

/** How often errors like those of a breach come by themselves. */
export interface IncidentRate {
  /** As long ones, or as strong ones, whichever clears less. */
  incidents: number
  hours: number
  /** Half an incident is always assumed, so that a quiet or a short past proves nothing for certain. */
  perSecond: number
}

const minHours = 0.5

/** Times what is tolerated: what is strong; and from where on it counts as going on. */
const effects = { strength: 10, length: 3 }

/**
 * A past that is asked two questions, and believed in the answer that accuses more, is asked oftener: each answer counts by
 * its part of the asking. Mostly it is time that tells; strength tells where nearly everything fails. Source: Bonferroni.
 */
const parts = { length: 0.9, strength: 0.1 }

/**
 * How often a past without releases went wrong as strongly, or for as long, as `series` does now: excursions of the same
 * CUSUM, and of one in which no step counts more than it would at three times what is tolerated: that measures how long. The
 * longer and the worse a breach is, the fewer there were. Source: E. S. Page, Continuous inspection schemes, 1954.
 */
export function countIncidents(
  history: readonly CountsAt[],
  series: readonly CountsAt[],
  stepMs: number,
  tolerated: number,
): IncidentRate {
  const enough = suspectedRatio(tolerated, effects.length)
  const strength = (counts: Counts) => evidenceOf(counts, tolerated, effects.strength)
  const length = ({ bad, total }: Counts) =>
    evidenceOf({ bad: Math.min(bad, enough * total), total }, tolerated, effects.length)
  const long = countAlike(history, series, length)
  const strong = countAlike(history, series, strength)
  const isByLength = long / parts.length <= strong / parts.strength
  const weighted = isByLength ? long / parts.length : strong / parts.strength
  const conclusive = history.filter(({ counts }) => counts.total > 0).length
  const hours = Math.max((conclusive * stepMs) / 3_600_000, minHours)
  return { incidents: isByLength ? long : strong, hours, perSecond: (weighted + 0.5) / (hours * 3600) }
}

function countAlike(
  history: readonly CountsAt[],
  series: readonly CountsAt[],
  measure: (counts: Counts) => number,
): number {
  const present = Math.max(0, ...excursions(series, measure))
  return excursions(history, measure).filter((peak) => peak >= present).length
}

/** The peak of each run in which the evidence against the service, counted up and never below zero, is above zero. */
function excursions(series: readonly CountsAt[], measure: (counts: Counts) => number): number[] {
  const peaks: number[] = []
  let level = 0
  for (const { counts } of series) {
    const next = Math.max(0, level + measure(counts))
    if (next > 0 && level === 0) peaks.push(next)
    else if (next > 0) peaks.push(Math.max(next, peaks.pop() ?? 0))
    level = next
  }
  return peaks
}

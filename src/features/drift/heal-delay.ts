import type { DriftReport, ObjectDrift } from '../../domain/release.ts'
import type { Instant } from '../../domain/refs.ts'

/** How long to wait before healing for the n-th time in a row: somebody who keeps writing is not fought at full speed. */
const delaysMs = [0, 1_000, 5_000, 30_000, 2 * 60_000, 10 * 60_000]

/** After this long without drift the count starts again. */
export const calmMs = 15 * 60_000

/** From this many heals in a row on, two are fighting: people are told who the other one is. */
export const fightingCount = 3

export function lastDriftOf(report: DriftReport | undefined, object: string): ObjectDrift | undefined {
  return report && [report, ...(report.others ?? [])].find((one) => one.object === object)
}

/** How often in a row the same object was healed lately. */
export function healCount(report: DriftReport | undefined, object: string, now: Instant): number {
  const last = lastDriftOf(report, object)
  return last === undefined || now - last.at > calmMs ? 0 : last.count
}

/** When the next heal of the object may start. */
export function healAllowedAt(report: DriftReport | undefined, object: string, now: Instant): Instant {
  const count = healCount(report, object, now)
  const last = lastDriftOf(report, object)
  if (count === 0 || last === undefined) return now
  return last.at + (delaysMs[Math.min(count, delaysMs.length - 1)] ?? 0)
}

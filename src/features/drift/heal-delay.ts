import type { DriftReport } from '../../domain/release.ts'
import type { Instant } from '../../domain/refs.ts'

/** How long to wait before healing for the n-th time in a row: somebody who keeps writing is not fought at full speed. */
const delaysMs = [0, 1_000, 5_000, 30_000, 2 * 60_000, 10 * 60_000]

/** After this long without drift the count starts again. */
const calmMs = 15 * 60_000

/** How often in a row the same object was healed lately. */
export function healCount(last: DriftReport | undefined, object: string, now: Instant): number {
  if (last === undefined || last.object !== object || now - last.at > calmMs) return 0
  return last.count
}

/** When the next heal of the object may start. */
export function healAllowedAt(last: DriftReport | undefined, object: string, now: Instant): Instant {
  const count = healCount(last, object, now)
  if (count === 0) return now
  return last!.at + (delaysMs[Math.min(count, delaysMs.length - 1)] ?? 0)
}

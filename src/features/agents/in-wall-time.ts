import type { Instant } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'

/** Less is what two readings one after the other differ by. */
const mostDifferenceMs = 1_000

/**
 * A release as an agent tells it, whose own time was `wallMs` behind the machine's clock: times that the app compares with
 * its own are by that clock, which may have been set since the agent began.
 */
export function inWallTime(release: Release, wallMs: number): Release {
  if (Math.abs(wallMs) < mostDifferenceMs) return release
  const shift = (at: Instant) => Math.round(at + wallMs)
  const { appliedAt, healthyAt, steadySince } = release
  return {
    ...release,
    since: shift(release.since),
    ...(appliedAt !== undefined && { appliedAt: shift(appliedAt) }),
    ...(healthyAt !== undefined && { healthyAt: shift(healthyAt) }),
    ...(steadySince !== undefined && { steadySince: shift(steadySince) }),
  }
}

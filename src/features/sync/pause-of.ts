import type { Instant, Target } from '../../domain/refs.ts'
import type { Pause } from '../../domain/release.ts'

/** The pause that holds for a target now; one of the application before one of everything. */
export function pauseOf(pauses: readonly Pause[], target: Target, now: Instant): Pause | undefined {
  const standing = pauses.filter(
    ({ environment, until }) => environment === target.environment && (until === undefined || until > now),
  )
  return (
    standing.find(({ application }) => application === target.application) ??
    standing.find(({ application }) => application === '*')
  )
}

/** `paused by ada since 2026-11-23T09:00Z until 2026-11-23T11:00Z: moving the database` */
export function describePause({ by, at, until, reason }: Pause): string {
  const end = until === undefined ? '' : ` until ${minute(until)}`
  return `paused by ${by} since ${minute(at)}${end}: ${reason}`
}

function minute(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`
}

import type { AuditEntry } from '../domain/audit.ts'
import type { Instant, Target } from '../domain/refs.ts'
import { eventKey, type EventSeries, releaseEvent } from '../features/sync/release-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Log } from '../ports/log.ts'

/** So many events at once, and then one in this time: a cluster of a thousand applications is not flooded with them. */
const burst = 50
const refillMs = 1_000
/** The API server forgets events after an hour. */
const forgetMs = 60 * 60_000

/** Tells in the cluster what was done to its releases. Nothing waits for it, and nothing depends on it. */
export function createAnnouncer({
  cluster,
  clock,
  log,
}: {
  cluster: Pick<Cluster, 'apply'>
  clock: Pick<Clock, 'now'>
  log: Log
}): { hear(target: Target, entry: AuditEntry): Promise<void> } {
  const epoch = clock.now()
  /** The one that was told least lately first. */
  const series = new Map<string, EventSeries & { last: Instant }>()
  let tokens = burst
  let refilledAt = epoch

  const takeToken = (now: Instant): boolean => {
    tokens = Math.min(burst, tokens + (now - refilledAt) / refillMs)
    refilledAt = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
  const forget = (now: Instant) => {
    for (const [key, { last }] of series) {
      if (now - last <= forgetMs) return
      series.delete(key)
    }
  }

  return {
    async hear(target, entry) {
      const key = eventKey(target, entry)
      if (key === undefined) return
      const now = clock.now()
      forget(now)
      const before = series.get(key)
      const next = { epoch, first: before?.first ?? now, count: (before?.count ?? 0) + 1, last: now }
      series.delete(key)
      series.set(key, next)
      if (!takeToken(now)) return
      const event = releaseEvent(key, target, entry, next, now)
      try {
        const result = await cluster.apply(event, { fieldManager: 'drawbridge-events', force: true })
        if (result.kind !== 'applied') log.debug({ result: result.kind }, 'event not written')
      } catch {
        log.debug({ what: entry.what }, 'event not written')
      }
    },
  }
}

import type { Instant } from '../../domain/refs.ts'
import type { Counts } from '../slo/counts.ts'
import { sequentialTest } from '../slo/sequential-test.ts'

/** After a revert is healthy everywhere: errors of what it replaced are scraped until then. */
export const settleMs = 30_000

/** So long it has to be well before anybody calls it help. */
const calmMs = 5 * 60_000

export interface RevertOutcome {
  state: 'helped' | 'did-not-help' | 'wait'
  reason: string
}

/** Whether a revert ended the breach that it was made for. `since` counts from `healthyAt` and a moment on; the past excuses nothing. */
export function judgeRevert(
  facts: { budget: number; since: Counts | undefined; healthyAt: Instant | undefined },
  now: Instant,
): RevertOutcome {
  const { budget, since, healthyAt } = facts
  if (healthyAt === undefined) return { state: 'wait', reason: 'it is not healthy everywhere yet' }
  if (since === undefined) return { state: 'wait', reason: 'there are no metrics to judge by' }
  const { state, reason } = sequentialTest({ budget, before: undefined, since, dispersion: 1 })
  if (state === 'breached') return { state: 'did-not-help', reason }
  const isCalm = state === 'healthy' && now - healthyAt >= calmMs
  return { state: isCalm ? 'helped' : 'wait', reason }
}

import type { Instant } from '../domain/refs.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Lease } from '../ports/store.ts'

/** An outage of an hour and more is waited out; after that the sweep brings the work back. */
const retryableTries = 25
/** Our mistakes and refusals do not go away by repetition; one or two more tries forgive a race. */
const finalTries = 3
/** Whoever held the lease ended without a word, so often in a row: the work itself ends its worker. */
export const maxLapses = 5
const firstDelayMs = 1_000
const longestDelayMs = 5 * 60_000

/** When failed work is tried again; undefined: it becomes a dead letter. `chance` is uniform in [0, 1). */
export function planRetry(lease: Lease, error: unknown, chance: number, now: Instant): Instant | undefined {
  const isRetryable = error instanceof AdapterError && error.retryable
  if (lease.attempt >= (isRetryable ? retryableTries : finalTries)) return undefined
  const backoff = Math.min(longestDelayMs, firstDelayMs * 2 ** (lease.attempt - 1))
  // Half fixed, half chance: work that failed together does not come back together.
  const delay = backoff / 2 + (backoff / 2) * chance
  const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0
  return now + Math.ceil(Math.max(delay, asked))
}

import type { Instant } from '../domain/refs.ts'

/** Time and timers. Nothing reads the machine's clock or sets a timer but the adapter behind this. */
export interface Clock {
  now(): Instant
  /** Resolves after `ms`, or at once (never rejects) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

import type { Instant } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'

export interface HealthOptions {
  store: Pick<Store, 'inbox' | 'queue' | 'ping'>
  clock: Clock
  /** When this process last brought something to its end. */
  lastProgressAt: () => Instant
  /** How long something may be due while nothing ends. */
  stallAfterMs?: number
}

export interface HealthReport {
  status: 'ok' | 'stalled' | 'store-unreachable'
  /** For people; empty when all is well. */
  reason: string
  queue?: { due: number; waiting: number; running: number; dead: number; oldestDueMs: number }
  inbox?: { waiting: number; rejected: number }
}

export interface Health {
  check(): Promise<HealthReport>
}

const defaultStallAfterMs = 10 * 60_000
/** A probe gives up after some seconds; the answer must be there before. */
const storeTimeoutMs = 2_000

/** Whether this process does its work, which an open port does not tell: a restart is asked for where it does not. */
export function createHealth(options: HealthOptions): Health {
  const { store, clock, lastProgressAt, stallAfterMs = defaultStallAfterMs } = options
  let inboxWaitingSince: Instant | undefined
  return {
    async check() {
      const facts = await answerInTime(clock, readFacts)
      if (!facts) return { status: 'store-unreachable', reason: 'the database does not answer' }
      const now = clock.now()
      const { queue, inbox } = facts
      inboxWaitingSince = inbox.waiting === 0 ? undefined : (inboxWaitingSince ?? now)
      const waitedMs = Math.max(
        queue.oldestDueMs,
        inboxWaitingSince === undefined ? 0 : now - inboxWaitingSince,
      )
      const idleMs = now - lastProgressAt()
      if (Math.min(waitedMs, idleMs) <= stallAfterMs) return { status: 'ok', reason: '', queue, inbox }
      const reason = `something is due for ${minutes(waitedMs)} and nothing has ended for ${minutes(idleMs)}`
      return { status: 'stalled', reason, queue, inbox }
    },
  }

  async function readFacts() {
    await store.ping()
    const [queue, inbox] = await Promise.all([store.queue.depth(clock.now()), store.inbox.counts()])
    return { queue, inbox }
  }
}

/** Undefined where `read` fails or takes too long. */
async function answerInTime<T>(clock: Clock, read: () => Promise<T>): Promise<T | undefined> {
  const over = new AbortController()
  const late = async () => {
    await clock.sleep(storeTimeoutMs, over.signal)
    return undefined
  }
  try {
    return await Promise.race([read(), late()])
  } catch {
    return undefined
  } finally {
    over.abort()
  }
}

function minutes(ms: number): string {
  const count = Math.floor(ms / 60_000)
  return `${count} ${count === 1 ? 'minute' : 'minutes'}`
}

import type { Instant } from '../../domain/refs.ts'
import type { Clock } from '../../ports/clock.ts'

/** Lower goes first: what gates a merge, then what corrects something shown, then what is new to read. */
export type WritePriority = 0 | 1 | 2

export interface WriteLimits {
  /** GitHub Docs, "Best practices for using the REST API": at least one second between writes. */
  msBetweenWrites: number
  /** GitHub Docs, "Rate limits for the REST API": content creation, per minute and per hour. */
  creationsPerMinute: number
  creationsPerHour: number
  /** A writer that would wait longer is sent away with the time to come back. */
  longestWaitMs: number
}

export const gitHubWriteLimits: WriteLimits = {
  msBetweenWrites: 1_000,
  creationsPerMinute: 80,
  creationsPerHour: 500,
  longestWaitMs: 60_000,
}

interface Waiting {
  priority: WritePriority
  isCreation: boolean
  since: Instant
  resolve(retryAfterMs: number): void
}

const minute = 60_000
const hour = 60 * minute

export interface WriteBudget {
  /** Resolves to 0 when the write may start, otherwise to the milliseconds after which to come back. */
  admit(priority: WritePriority, isCreation: boolean): Promise<number>
}

/** What one installation may write: in order of priority, first come first served among equals. */
export function createWriteBudget(clock: Clock, limits: WriteLimits): WriteBudget {
  const waiting: Waiting[] = []
  let creations: Instant[] = []
  let lastWrite = Number.NEGATIVE_INFINITY
  let isServing = false
  /** Aborted by whoever comes while we sleep: it may be allowed to go first. */
  let arrival = new AbortController()

  const freeAt = (isCreation: boolean): Instant => {
    const spaced = lastWrite + limits.msBetweenWrites
    if (!isCreation) return spaced
    const nth = (count: number, span: number) => (creations.at(-count) ?? Number.NEGATIVE_INFINITY) + span
    return Math.max(spaced, nth(limits.creationsPerMinute, minute), nth(limits.creationsPerHour, hour))
  }

  const serve = async () => {
    isServing = true
    while (waiting.length > 0) {
      const now = clock.now()
      const next = pickNext(waiting, now, freeAt)
      const wait = freeAt(next.isCreation) - now
      if (wait <= 0) {
        remove(waiting, next)
        lastWrite = now
        creations = creations.filter((at) => at > now - hour)
        if (next.isCreation) creations.push(now)
        next.resolve(0)
      } else if (now + wait - next.since > limits.longestWaitMs) {
        remove(waiting, next)
        next.resolve(wait)
      } else {
        arrival = new AbortController()
        await clock.sleep(wait, arrival.signal)
      }
    }
    isServing = false
  }

  return {
    admit: (priority, isCreation) =>
      new Promise((resolve) => {
        waiting.push({ priority, isCreation, since: clock.now(), resolve })
        if (isServing) arrival.abort()
        else void serve()
      }),
  }
}

/** The most urgent of those that could start now; where nobody can, the one that can start first. */
function pickNext(waiting: Waiting[], now: Instant, freeAt: (isCreation: boolean) => Instant): Waiting {
  const start = (writer: Waiting) => Math.max(now, freeAt(writer.isCreation))
  const [next] = waiting.toSorted(
    (left, right) => start(left) - start(right) || left.priority - right.priority || left.since - right.since,
  )
  return next as Waiting
}

function remove(waiting: Waiting[], writer: Waiting): void {
  waiting.splice(waiting.indexOf(writer), 1)
}

import type { Instant } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'

/** A clock that stands still, or runs along with `real`, and can be moved ahead: what sleeps until then wakes at its own time. */
export interface EmulatedClock extends Clock {
  /** Moves time ahead, waking sleepers in order of their time. Resolves when the woken code has had its turn. */
  advance(ms: number): Promise<void>
  advanceTo(instant: Instant): Promise<void>
}

interface Sleeper {
  due: Instant
  wake(): void
}

export function createEmulatedClock(start: Instant, real?: Clock): EmulatedClock {
  const realStart = real?.now() ?? 0
  let offset = 0
  const sleepers = new Set<Sleeper>()
  const now = () => start + offset + (real ? real.now() - realStart : 0)

  const wakeDue = () => {
    const due = [...sleepers].filter((sleeper) => sleeper.due <= now())
    for (const sleeper of due.toSorted((a, b) => a.due - b.due)) {
      sleepers.delete(sleeper)
      sleeper.wake()
    }
  }

  return {
    now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const stop = new AbortController()
        const sleeper: Sleeper = {
          due: now() + ms,
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            stop.abort()
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
        void real?.sleep(ms, stop.signal).then(sleeper.wake)
      })
    },
    async advance(ms) {
      await this.advanceTo(now() + ms)
    },
    async advanceTo(instant) {
      for (;;) {
        const next = Math.min(...[...sleepers].map((sleeper) => sleeper.due), instant)
        if (next > now()) offset += next - now()
        wakeDue()
        await turn()
        const isQuiet = ![...sleepers].some((sleeper) => sleeper.due <= instant && sleeper.due <= now())
        if (now() >= instant && isQuiet) return
      }
    },
  }
}

/** Lets everything that was woken run until it waits for something outside the process. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

import type { Instant } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'

/** A clock that stands still or runs along with a real one, and can be moved ahead: what sleeps until then wakes at its own time. */
export interface EmulatedClock extends Clock {
  /** Moves time ahead, waking sleepers in the order of their times. Resolves when the woken code has had its turn. */
  advance(ms: number): Promise<void>
  advanceTo(instant: Instant): Promise<void>
  /** Moves time ahead at once, as when a machine was asleep: every sleeper that is due wakes late. */
  jumpTo(instant: Instant): void
}

interface Sleeper {
  due: Instant
  wake(): void
}

/** Runs along with `real`, `rate` times as fast; without `real` it stands still between two advances. */
export function createEmulatedClock(start: Instant, real?: Clock, rate = 1): EmulatedClock {
  const realStart = real?.now() ?? 0
  const sleepers = new Set<Sleeper>()
  let offset = 0
  let alarm = new AbortController()

  const now = () => Math.floor(start + offset + (real ? (real.now() - realStart) * rate : 0))
  const earliest = () => Math.min(...[...sleepers].map(({ due }) => due))

  const wakeDue = () => {
    const due = [...sleepers].filter((sleeper) => sleeper.due <= now())
    for (const sleeper of due.toSorted((a, b) => a.due - b.due)) sleeper.wake()
  }

  /** One real timer for the earliest sleeper; set anew whenever that changes. */
  const setAlarm = () => {
    alarm.abort()
    if (!real || sleepers.size === 0) return
    const own = new AbortController()
    alarm = own
    const realMs = Math.max(0, Math.ceil((earliest() - now()) / rate))
    void real.sleep(realMs, own.signal).then(() => {
      if (own.signal.aborted) return
      wakeDue()
      setAlarm()
    })
  }

  const advanceTo = async (instant: Instant) => {
    do {
      const next = Math.min(earliest(), instant)
      if (next > now()) offset += next - now()
      wakeDue()
      await turn()
    } while (now() < instant || earliest() <= Math.min(instant, now()))
    setAlarm()
  }

  return {
    now,
    advanceTo,
    advance: (ms) => advanceTo(now() + ms),
    jumpTo(instant) {
      offset += Math.max(0, instant - now())
      wakeDue()
      setAlarm()
    },
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const sleeper: Sleeper = {
          due: now() + Math.max(0, ms),
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        const isFirst = sleeper.due < earliest()
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
        if (isFirst) setAlarm()
      })
    },
  }
}

/** Lets everything that was woken run until it waits for something outside the process. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

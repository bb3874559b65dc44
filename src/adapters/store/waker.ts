import type { Clock } from '../../ports/clock.ts'

/** Wakes those who wait for work inside this process. */
export interface Waker {
  wake(): void
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>
}

/** A wake that nobody was waiting for ends the next wait at once: work enqueued between a claim and a wait is not slept over. */
export function createWaker(clock: Clock): Waker {
  const waiting = new Set<AbortController>()
  let hasNews = false
  return {
    wake() {
      hasNews = true
      for (const waiter of waiting) waiter.abort()
    },
    async wait(timeoutMs, signal) {
      if (signal.aborted) return
      const isNews = hasNews
      hasNews = false
      if (isNews) return
      const waiter = new AbortController()
      waiting.add(waiter)
      await clock.sleep(timeoutMs, AbortSignal.any([waiter.signal, signal]))
      waiting.delete(waiter)
    },
  }
}

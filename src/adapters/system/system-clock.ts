import type { Clock } from '../../ports/clock.ts'

/** Longest delay a timer of Node's can hold; a longer one would fire at once. */
const longestTimerMs = 2_147_483_647

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= longestTimerMs) {
      if (signal?.aborted) return
      await wait(Math.min(left, longestTimerMs), signal)
    }
  },
}

/**
 * The same, but what sets the machine's clock, forward or back, does not move it: for leases, deadlines and whatever
 * else takes its time. It stands still while the machine sleeps.
 */
export const steadyClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  sleep: systemClock.sleep,
}

/** Sleeps are ended thousands of times a second: no error is made for each, as the timers of `node:timers/promises` do. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}

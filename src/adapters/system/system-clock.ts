import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'

/** Longest delay a timer of Node's can hold; a longer one would fire at once. */
const longestTimerMs = 2_147_483_647

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    let left = ms
    while (left > 0) {
      const step = Math.min(left, longestTimerMs)
      const isAborted = await wait(step, false, { signal }).catch(() => true)
      if (isAborted) return
      left -= step
    }
  },
}

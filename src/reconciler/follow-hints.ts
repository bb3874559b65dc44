import { AdapterError } from '../ports/adapter-error.ts'
import type { AppLink } from '../ports/app-link.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'

/** Thousands of agents hear of one commit at once: each waits for some part of this before it asks git. */
const spreadMs = 2_000
const shortestMs = 1_000
const longestMs = 60_000

/** Follows the app's hints until the signal aborts. While the app is away git is polled, and nobody waits for it. */
export async function followHints(
  link: AppLink,
  look: () => void,
  { clock, random, log }: { clock: Clock; random: Random; log: Log },
  signal: AbortSignal,
): Promise<void> {
  let failures = 0
  const onHint = () => {
    failures = 0
    void clock.sleep(Math.round(random.number() * spreadMs), signal).then(() => signal.aborted || look())
  }
  while (!signal.aborted) {
    try {
      await link.follow(onHint, signal)
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error
      if (failures === 0) log.info({ reason: error.message }, 'no hints: git is polled')
      failures += 1
    }
    const wait = Math.min(shortestMs * 2 ** failures, longestMs)
    await clock.sleep(Math.round(wait * (0.5 + random.number() / 2)), signal)
    // Between two streams a hint may have been lost.
    if (failures === 0 && !signal.aborted) look()
  }
}

import type { Clock } from '../ports/clock.ts'
import type { HintStreams } from './hint-streams.ts'

/** How late an agent hears here of what another replica committed. */
const lookEveryMs = 5_000

/**
 * Hints for commits on rendered refs that another replica made: their marks are in the shared store. Only environments that
 * an agent waits for here are looked at.
 */
export async function followMarks(
  streams: HintStreams,
  read: (repositoryId: string, environment: string) => Promise<string | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Map<string, string>()
  while (!signal.aborted) {
    await streams.whenFollowed(signal)
    for (const { repositoryId, environment } of streams.followed()) {
      const key = `${repositoryId} ${environment}`
      const commit = await read(repositoryId, environment).catch(() => undefined)
      if (commit === undefined || seen.get(key) === commit) continue
      if (seen.has(key)) streams.tell(repositoryId, environment)
      seen.set(key, commit)
    }
    await clock.sleep(lookEveryMs, signal)
  }
}

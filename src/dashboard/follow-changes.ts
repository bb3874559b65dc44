import type { SSEStreamingApi } from 'hono/streaming'
import type { Clock } from '../ports/clock.ts'
import type { Changes } from './changes.ts'

/** Keeps proxies from closing an idle stream. */
const heartbeatMs = 20_000

/** Tells one open page of changes until it goes. However many come while it is slow to read, it is told once. */
export async function followChanges(
  stream: SSEStreamingApi,
  ports: { clock: Clock; changes: Changes },
): Promise<void> {
  const gone = new AbortController()
  stream.onAbort(() => gone.abort())
  let round = new AbortController()
  let isChanged = false
  const unsubscribe = ports.changes.subscribe(() => {
    isChanged = true
    round.abort()
  })
  try {
    while (!gone.signal.aborted) {
      round = new AbortController()
      if (!isChanged) await ports.clock.sleep(heartbeatMs, AbortSignal.any([gone.signal, round.signal]))
      if (gone.signal.aborted) return
      const message = isChanged ? { data: 'changed' } : { event: 'heartbeat', data: '' }
      isChanged = false
      await stream.writeSSE(message)
    }
  } finally {
    unsubscribe()
  }
}

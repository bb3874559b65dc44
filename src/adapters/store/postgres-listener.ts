import { Client } from 'pg'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { failureCode } from './engine.ts'

/** Pause before a lost connection is opened again; meanwhile the slow poll finds what notices would have told. */
const reconnectMs = 1_000

/** Calls `onNotice` for every notice of another replica, and once after each reconnection, for those that were missed. */
export function listen(
  url: string,
  clock: Clock,
  onNotice: () => void,
  log?: Log,
): { close(): Promise<void> } {
  const stop = new AbortController()
  const running = run()
  return {
    async close() {
      stop.abort()
      await running
    },
  }

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await listenOnce(url, stop.signal, onNotice)
      } catch (error) {
        log?.warn({ code: failureCode(error) }, 'database notices lost')
      }
      await clock.sleep(reconnectMs, stop.signal)
    }
  }
}

/** Resolves when the connection ends or `signal` aborts. */
async function listenOnce(url: string, signal: AbortSignal, onNotice: () => void): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true })
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    await client.connect()
    client.on('notification', onNotice)
    await client.query('listen drawbridge_work')
    onNotice()
    await ended
  } finally {
    await client.end().catch(() => {})
  }
}

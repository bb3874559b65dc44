import type { Dispatcher } from 'undici'
import type { Instant } from '../../domain/refs.ts'
import type { Clock } from '../../ports/clock.ts'

/** Answers beyond this are not read. */
const maximumBodyBytes = 64 * 1024 * 1024

const requestTimeoutMs = 30_000
const tickMs = 1_000

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

export class TooLarge extends Error {}

/** Who was silent for so long is not asked again: whoever called is told, and comes back to it. */
export class TookTooLong extends Error {}

/**
 * Sends requests, and reads each answer to its end: TookTooLong after 30
 * seconds, TooLarge beyond 64 MiB. By the dispatcher itself, as a stream and a signal for each answer cost as much as
 * everything else about it.
 */
export function createSender(
  clock: Clock,
): (dispatcher: Dispatcher, request: Dispatcher.DispatchOptions) => Promise<Answer> {
  const deadlines = createDeadlines(clock)
  return (dispatcher, request) =>
    new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined
      let stopped: Error | undefined
      const stop = (reason: Error) => {
        stopped = reason
        controller?.abort(reason)
        fail(reason)
      }
      const end = deadlines.begin(stop)
      const fail = (error: Error) => {
        end()
        reject(error)
      }
      const answer: Answer = { status: 0, headers: {}, text: '' }
      const chunks: Buffer[] = []
      let size = 0
      dispatcher.dispatch(request, {
        onRequestStart(given) {
          controller = given
          if (stopped !== undefined) given.abort(stopped)
        },
        onResponseStart(_, status, headers) {
          Object.assign(answer, { status, headers })
        },
        onResponseData(_, chunk) {
          size += chunk.length
          if (size > maximumBodyBytes) stop(new TooLarge())
          else chunks.push(chunk)
        },
        onResponseEnd() {
          end()
          resolve({ ...answer, text: Buffer.concat(chunks, size).toString('utf8') })
        },
        onResponseError: (_, error) => fail(error),
      })
    })
}

/** One timer for all that is under way: each is ended when it takes longer than it may, give or take a second. */
function createDeadlines(clock: Clock): { begin(stop: (reason: Error) => void): () => void } {
  const open = new Map<(reason: Error) => void, Instant>()
  let isTicking = false
  const tick = async () => {
    isTicking = true
    while (open.size > 0) {
      await clock.sleep(tickMs)
      for (const [stop, at] of open) if (at <= clock.now()) stop(new TookTooLong())
    }
    isTicking = false
  }
  return {
    begin(stop) {
      open.set(stop, clock.now() + requestTimeoutMs)
      if (!isTicking) void tick()
      return () => void open.delete(stop)
    },
  }
}

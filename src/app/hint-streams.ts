import type { ServerResponse } from 'node:http'
import { type AgentPlace, placeKey } from '../domain/agent.ts'
import type { Clock } from '../ports/clock.ts'

/** Keeps proxies from closing an idle stream. */
const heartbeatMs = 25_000
/** A stream ends after this, so that keys are asked for again and replicas share the load. */
const longestMs = 30 * 60_000

export interface HintStreams {
  /** Holds the answer open for one agent; an earlier stream of the same agent ends. */
  open(repositoryId: string, place: AgentPlace, response: ServerResponse): void
  /** Git says something new to the agents of a cluster, or of a whole environment. */
  tell(repositoryId: string, environment: string, cluster?: string): void
  /** Environments that somebody here waits for. */
  followed(): { repositoryId: string; environment: string }[]
  /** Resolves when somebody waits here, or the signal aborts. */
  whenFollowed(signal: AbortSignal): Promise<void>
  close(): void
}

interface Stream {
  repositoryId: string
  place: AgentPlace
  response: ServerResponse
  over: AbortController
}

/** Open server-sent events to agents. A hint says “look at git now” and nothing else: losing one costs a poll. */
export function createHintStreams(clock: Clock): HintStreams {
  const streams = new Map<string, Stream>()
  const waiting = new Set<() => void>()

  const end = (key: string, stream: Stream) => {
    stream.over.abort()
    stream.response.end()
    if (streams.get(key) === stream) streams.delete(key)
  }
  const keepOpen = async (key: string, stream: Stream) => {
    const opened = clock.now()
    while (!stream.over.signal.aborted && clock.now() - opened < longestMs) {
      await clock.sleep(heartbeatMs, stream.over.signal)
      if (!stream.over.signal.aborted) stream.response.write(': still here\n\n')
    }
    end(key, stream)
  }

  return {
    open(repositoryId, place, response) {
      const key = `${repositoryId} ${placeKey(place)}`
      const earlier = streams.get(key)
      if (earlier) end(key, earlier)
      const stream: Stream = { repositoryId, place, response, over: new AbortController() }
      streams.set(key, stream)
      for (const wake of waiting) wake()
      response.once('close', () => end(key, stream))
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      response.write('event: hello\ndata:\n\n')
      void keepOpen(key, stream)
    },
    tell(repositoryId, environment, cluster) {
      for (const stream of streams.values()) {
        const { place } = stream
        const isMeant =
          stream.repositoryId === repositoryId &&
          place.environment === environment &&
          (cluster === undefined || place.cluster === cluster)
        if (isMeant) stream.response.write('event: look\ndata:\n\n')
      }
    },
    followed() {
      const all = [...streams.values()].map(({ repositoryId, place }) => ({
        repositoryId,
        environment: place.environment,
      }))
      return [...new Map(all.map((one) => [`${one.repositoryId} ${one.environment}`, one])).values()]
    },
    whenFollowed: (signal) =>
      new Promise((resolve) => {
        const done = () => {
          waiting.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        if (streams.size > 0 || signal.aborted) return resolve()
        waiting.add(done)
        signal.addEventListener('abort', done)
      }),
    close() {
      for (const [key, stream] of streams) end(key, stream)
    },
  }
}

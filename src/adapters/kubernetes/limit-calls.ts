import type { Clock } from '../../ports/clock.ts'
import { adaptLimit, firstLimit } from './adaptive-limit.ts'

/** Runs calls side by side, as many as the API server bears. */
export interface CallLimiter {
  run<Answer extends { reply: { status: number } }>(
    call: { method: string; path: string },
    work: () => Promise<Answer>,
  ): Promise<Answer>
}

/**
 * Writes of these are slow in the server, or hold up each other there: more at once only wait in it.
 * A Service takes an address from one shared list; each definition makes the server rebuild its API.
 */
const lanes: Record<string, number> = { services: 2, customresourcedefinitions: 4 }

/** First come, first served; a call whose lane is full lets others pass. */
export function limitCalls(clock: Pick<Clock, 'now'>): CallLimiter {
  let limit = firstLimit
  let running = 0
  const inLane = new Map<string, number>()
  const waiting: { lane: string; start(): void }[] = []

  const mayStart = (lane: string) => (inLane.get(lane) ?? 0) < (lanes[lane] ?? Infinity)
  const startNext = () => {
    while (running < Math.floor(limit.calls)) {
      const next = waiting.findIndex(({ lane }) => mayStart(lane))
      const [call] = next === -1 ? [] : waiting.splice(next, 1)
      if (call === undefined) return
      take(call.lane, 1)
      call.start()
    }
  }
  const take = (lane: string, count: 1 | -1) => {
    running += count
    inLane.set(lane, (inLane.get(lane) ?? 0) + count)
  }

  return {
    async run(call, work) {
      const lane = laneOf(call)
      await new Promise<void>((resolve) => {
        waiting.push({ lane, start: resolve })
        startNext()
      })
      const begun = clock.now()
      try {
        const answer = await work()
        limit = adaptLimit(limit, { status: answer.reply.status, milliseconds: clock.now() - begun })
        return answer
      } finally {
        take(lane, -1)
        startNext()
      }
    },
  }
}

/** The resource that is written; reads have no lane. */
function laneOf({ method, path }: { method: string; path: string }): string {
  if (method === 'GET') return ''
  const parts = (path.split('?')[0] ?? '').split('/')
  return parts.find((part) => Object.hasOwn(lanes, part)) ?? ''
}

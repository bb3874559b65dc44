import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/adapters/store/open-store.ts'
import { createTelemetry } from '../../src/adapters/telemetry/prometheus-telemetry.ts'
import type { Handlers } from '../../src/app/run-work.ts'
import { createWorker, type Worker, type WorkerOptions } from '../../src/app/worker.ts'
import type { RepositoryRef } from '../../src/domain/refs.ts'
import type { Work } from '../../src/domain/work.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import type { JourneyOutcome } from '../../src/journeys/ports.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { Store } from '../../src/ports/store.ts'
import { aLog, type LogLine, noChance } from './worker-fakes.ts'

const start = Date.parse('2026-11-20T16:30:00Z')
const repository: RepositoryRef = { id: '1', owner: 'shop', name: 'config', installation: '7' }
const review = (number: number): Work => ({ kind: 'review-pull', pull: { repository, number } })
const ended: JourneyOutcome = { outcome: 'unchanged', actions: 0 }
const unavailable = (retryAfterMs?: number) =>
  new AdapterError({
    system: 'github',
    operation: 'pull',
    target: '#1',
    retryable: true,
    message: '503',
    retryAfterMs,
  })

let folder: string
let clock: EmulatedClock
let store: Store
let lines: LogLine[]
let telemetry: ReturnType<typeof createTelemetry>
const workers: Worker[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-worker-'))
  clock = createEmulatedClock(start)
  store = await openStore({ folder, clock })
  lines = []
  telemetry = createTelemetry()
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
  await store.close()
  await rm(folder, { recursive: true })
})

type Review = Handlers['review-pull']

function aWorker(reviewPull: Review, options: Partial<WorkerOptions> = {}): Worker {
  const other = async () => ended
  const handlers: Handlers = {
    'review-pull': reviewPull,
    'run-command': other,
    'compare-rules': other,
    'rerun-checks': other,
    'press-button': other,
    'judge-group': other,
    'turn-windows': other,
    'record-merge': other,
    'advance-rollouts': other,
    'promote-releases': other,
    'guard-budgets': other,
    'notice-silence': other,
    'publish-deployments': other,
    'guard-slo': other,
    'guard-health': other,
    'reconcile-target': other,
    sweep: other,
  }
  const worker = createWorker({
    store,
    clock,
    random: noChance,
    log: aLog(lines),
    telemetry,
    handlers,
    receive: async () => {},
    concurrency: 4,
    name: 'test',
    ...options,
  })
  workers.push(worker)
  return worker
}

/** A handler that fails with each error in turn, then ends well; the times of its runs. */
function failing(...errors: Error[]): { handler: Review; ranAt: number[] } {
  const ranAt: number[] = []
  const handler: Review = async () => {
    ranAt.push(clock.now() - start)
    const error = errors.shift()
    if (error) throw error
    return ended
  }
  return { handler, ranAt }
}

/** Moves the clock to each next due time until nothing is left. */
async function drainAll(worker: Worker): Promise<void> {
  for (;;) {
    await worker.drain()
    const due = await store.queue.nextDue()
    if (due === undefined) return
    await clock.advanceTo(due)
  }
}

describe('work', () => {
  it('runs what is due, one key at a time and several keys at once', async () => {
    const running: number[] = []
    let most = 0
    let runs = 0
    const worker = aWorker(async ({ pull }) => {
      expect(running).not.toContain(pull.number)
      running.push(pull.number)
      most = Math.max(most, running.length)
      // Every review is asked for once more while it runs.
      if (++runs <= 5) await store.queue.enqueue(review(pull.number), start)
      await new Promise((resolve) => setImmediate(resolve))
      running.splice(running.indexOf(pull.number), 1)
      return ended
    })
    for (const number of [2, 3, 4, 5, 6]) await store.queue.enqueue(review(number), start)
    await worker.drain()
    expect(most).toBe(4)
    expect(runs).toBe(10)
  })

  it('runs again at the time its journey asked for', async () => {
    const ranAt: number[] = []
    const worker = aWorker(async () => {
      ranAt.push(clock.now() - start)
      return ranAt.length < 3 ? { ...ended, next: clock.now() + 60_000 } : ended
    })
    await store.queue.enqueue(review(1), start)
    await drainAll(worker)
    expect(ranAt).toEqual([0, 60_000, 120_000])
  })

  it('tells one line per journey: info where something was done, debug where not', async () => {
    const worker = aWorker(async ({ pull }) =>
      pull.number === 1 ? { outcome: 'published', actions: 2 } : { outcome: 'unchanged', actions: 0 },
    )
    await store.queue.enqueue(review(1), start - 1)
    await store.queue.enqueue(review(2), start)
    await worker.drain()
    const fields = { journey: 'review-pull', repo: 'shop/config', attempt: 1, result: 'ended', durationMs: 0 }
    expect(lines).toEqual([
      { level: 'info', message: 'journey', fields: { ...fields, pull: 1, outcome: 'published', actions: 2 } },
      {
        level: 'debug',
        message: 'journey',
        fields: { ...fields, pull: 2, outcome: 'unchanged', actions: 0 },
      },
    ])
    expect((await telemetry.expose()).text).toContain(
      'drawbridge_journeys_total{journey="review-pull",result="ended"} 2',
    )
  })
})

describe('failures', () => {
  it('are retried with growing pauses while the outside world is down', async () => {
    const { handler, ranAt } = failing(unavailable(), unavailable(), unavailable(), unavailable())
    await store.queue.enqueue(review(1), start)
    await drainAll(aWorker(handler))
    expect(ranAt).toEqual([0, 500, 1_500, 3_500, 7_500])
    expect(lines.map((line) => line.level)).toEqual(['warn', 'warn', 'warn', 'warn', 'debug'])
  })

  it('are not retried before the time the other side asked for', async () => {
    const { handler, ranAt } = failing(unavailable(90_000))
    await store.queue.enqueue(review(1), start)
    await drainAll(aWorker(handler))
    expect(ranAt).toEqual([0, 90_000])
  })

  it('of our own become a dead letter after three tries, with reason, audit row and an error in the log', async () => {
    const { handler, ranAt } = failing(
      ...Array.from({ length: 9 }, () => new Error('assertion failed: sorted')),
    )
    await store.queue.enqueue(review(1), start)
    await drainAll(aWorker(handler))
    expect(ranAt).toHaveLength(3)
    expect(await store.queue.depth(clock.now())).toMatchObject({ dead: 1 })
    expect(await store.audit.list({ limit: 9 })).toMatchObject([
      {
        what: 'dead-letter',
        subject: 'review-pull/1#1',
        reason: 'assertion failed: sorted',
        data: { attempt: 3 },
      },
    ])
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'journey', fields: { result: 'dead' } })
  })

  it('of one piece of work hold up no other', async () => {
    const worker = aWorker(async ({ pull }) => {
      if (pull.number === 1) throw new Error('broken')
      return ended
    })
    for (const number of [1, 2]) await store.queue.enqueue(review(number), start)
    await worker.drain()
    expect(new Set(lines.map((line) => line.fields.result))).toEqual(new Set(['ended', 'retried']))
  })

  it('by which the worker itself dies end in a dead letter, without being run a sixth time', async () => {
    await store.queue.enqueue(review(1), start)
    for (let death = 0; death < 5; death++) {
      await store.queue.claim('dead', clock.now(), 30_000)
      await clock.advance(30_000)
    }
    const { handler, ranAt } = failing()
    await aWorker(handler).drain()
    expect(ranAt).toEqual([])
    expect(await store.audit.list({ limit: 9 })).toMatchObject([
      { what: 'dead-letter', reason: 'its worker ended without a word 5 times' },
    ])
  })
})

describe('leases', () => {
  it('are renewed while the work runs', async () => {
    const { promise, resolve } = Promise.withResolvers<JourneyOutcome>()
    let runs = 0
    const worker = aWorker(() => {
      runs++
      return promise
    })
    worker.start()
    await store.queue.enqueue(review(1), start)
    await expect.poll(() => runs).toBe(1)
    for (let step = 0; step < 30; step++) await clock.advance(5_000)
    expect(await store.queue.claim('other', clock.now(), 1)).toBeUndefined()
    resolve(ended)
    await expect.poll(() => store.queue.depth(clock.now())).toMatchObject({ running: 0, waiting: 0 })
    expect(runs).toBe(1)
  })

  it('that were lost end the run, and what it did is not recorded', async () => {
    const worker = aWorker(
      (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(ended))),
    )
    worker.start()
    await store.queue.enqueue(review(1), start)
    await expect.poll(() => store.queue.depth(start)).toMatchObject({ running: 1 })
    const taken = await store.queue.claim('other', start + 30_000, 60_000)
    expect(taken).toMatchObject({ lapses: 1 })
    await clock.advance(10_000)
    await expect.poll(() => lines.at(-1)?.fields.result).toBe('lease-lost')
    expect(await store.queue.complete(taken!, clock.now())).toBe(true)
  })
})

describe('a lease that ran out under its own worker', () => {
  it('ends the older run before the younger begins', async () => {
    const running: string[] = []
    let runs = 0
    const worker = aWorker(async (_, signal) => {
      const name = `run ${++runs}`
      running.push(`${name} begins`)
      if (runs === 1)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await new Promise((resolve) => setImmediate(resolve))
      running.push(`${name} ends`)
      return ended
    })
    const renew = store.queue.renew
    store.queue.renew = async () => Promise.reject(unavailable())
    worker.start()
    await store.queue.enqueue(review(1), start)
    await expect.poll(() => running).toEqual(['run 1 begins'])
    await clock.advance(31_000)
    await expect.poll(() => runs).toBe(2)
    await expect.poll(() => running).toEqual(['run 1 begins', 'run 1 ends', 'run 2 begins', 'run 2 ends'])
    store.queue.renew = renew
    expect(lines.map((line) => line.fields.result).filter(Boolean)).toEqual(['lease-lost', 'ended'])
  })
})

describe('the running worker', () => {
  it('wakes for new work and for deliveries, and stops when it is told to', async () => {
    const seen: string[] = []
    const worker = aWorker(
      async ({ pull }) => {
        seen.push(`review ${pull.number}`)
        return ended
      },
      { receive: async ({ id }) => void seen.push(id) },
    )
    worker.start()
    await store.queue.enqueue(review(1), start)
    await expect.poll(() => seen).toEqual(['review 1'])
    await store.inbox.accept({ id: 'one', event: 'push', body: '{}', receivedAt: start })
    await expect.poll(() => seen).toEqual(['review 1', 'one'])
    await worker.stop()
    await store.queue.enqueue(review(2), start)
    await clock.advance(60_000)
    expect(seen).toHaveLength(2)
  })

  it('gives running work back when it stops, due at once and without a failure', async () => {
    const worker = aWorker(
      (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        ),
    )
    worker.start()
    await store.queue.enqueue(review(1), start)
    await expect.poll(() => store.queue.depth(start)).toMatchObject({ running: 1 })
    await worker.stop()
    expect(lines.at(-1)).toMatchObject({ level: 'debug', fields: { result: 'cancelled' } })
    expect(await store.queue.claim('next', start, 1)).toMatchObject({ attempt: 1 })
  })

  it('ends a look that a newer head made pointless and looks again', async () => {
    let runs = 0
    const worker = aWorker((_, signal) => {
      runs++
      if (runs === 2) return Promise.resolve(ended)
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      )
    })
    worker.start()
    await store.queue.enqueue(review(1), start)
    await expect.poll(() => runs).toBe(1)
    await store.queue.enqueue(review(1), start)
    worker.cancel(review(1))
    await expect.poll(() => store.queue.depth(start)).toMatchObject({ running: 0, waiting: 0 })
    expect(runs).toBe(2)
  })
})

describe('deliveries', () => {
  it('are received oldest first, each once', async () => {
    const seen: string[] = []
    const worker = aWorker(async () => ended, { receive: async ({ id }) => void seen.push(id) })
    for (const id of ['a', 'b', 'c'])
      await store.inbox.accept({ id, event: 'push', body: '{}', receivedAt: start })
    await worker.drain()
    await worker.drain()
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(await store.inbox.counts()).toEqual({ waiting: 0, rejected: 0 })
  })

  it('that fail are tried five times and then rejected with the reason; others pass', async () => {
    let tries = 0
    const receive = async ({ id }: { id: string }) => {
      if (id !== 'bad') return
      tries++
      throw new Error('no such event')
    }
    const worker = aWorker(async () => ended, { receive })
    for (const id of ['bad', 'good'])
      await store.inbox.accept({ id, event: 'push', body: '{}', receivedAt: start })
    for (let round = 0; round < 7; round++) {
      await worker.drain()
      await clock.advance(30_000)
    }
    expect(tries).toBe(5)
    expect(await store.inbox.counts()).toEqual({ waiting: 0, rejected: 1 })
    expect(await store.audit.list({ subject: 'delivery/bad', limit: 1 })).toMatchObject([
      { reason: 'failed 5 times: no such event' },
    ])
  })
})

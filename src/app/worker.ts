import type { Instant } from '../domain/refs.ts'
import { type Work, workKey } from '../domain/work.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import type { Delivery, Lease, Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { createInboxDrain } from './drain-inbox.ts'
import { createWorkRunner, type Handlers } from './run-work.ts'

export interface WorkerOptions {
  store: Pick<Store, 'inbox' | 'queue'>
  clock: Clock
  random: Random
  log: Log
  telemetry: Telemetry
  /** One for each kind; a journey that throws is retried or becomes a dead letter. */
  handlers: Handlers
  /** Tells people about work that became a dead letter. */
  giveUp?(work: Work, error: unknown): Promise<void>
  /** Turns a delivery into work; done again when it fails. */
  receive(delivery: Delivery): Promise<void>
  /** Journeys at the same time. */
  concurrency: number
  /** Shows in the queue who holds a lease: the process's name, one per replica. */
  name: string
}

export interface Worker {
  start(): void
  /** Tells running work to end, waits until it has. */
  stop(): Promise<void>
  /** Runs until nothing is due now; for tests and for stories that move the clock. */
  drain(): Promise<void>
  /** A newer head came in: ends the running look at it; work that was enqueued meanwhile runs then. */
  cancel(work: Work): void
  /** When a delivery or a piece of work last came to its end, whatever the end was; first the worker's own start. */
  lastProgressAt(): Instant
}

const leaseMs = 30_000
/** Finds what a lost notice would have told, and leases that ran out. */
const pollMs = 5_000
/** What is due and could not be claimed is in another replica's hands at this moment. */
const shortestRestMs = 20
const storePauseMs = 1_000

/** Takes what is due from the inbox and the queue: one run per key at a time, several keys in parallel. */
export function createWorker(options: WorkerOptions): Worker {
  const { store, clock, log, concurrency, name } = options
  const drainInbox = createInboxDrain(options)
  const runWork = createWorkRunner(options)
  const running = new Map<string, { abort: AbortController; ended: Promise<void> }>()
  const stopping = new AbortController()
  let progressAt = clock.now()
  let looping: Promise<void> | undefined

  return {
    start() {
      looping ??= loop()
    },
    async stop() {
      stopping.abort()
      for (const run of running.values()) run.abort.abort()
      await looping
      await Promise.all([...running.values()].map((run) => run.ended))
    },
    async drain() {
      for (;;) {
        const hasTaken = await step()
        if (running.size > 0) await Promise.race([...running.values()].map((run) => run.ended))
        else if (!hasTaken) return
      }
    },
    cancel: (work) => running.get(workKey(work))?.abort.abort(),
    lastProgressAt: () => progressAt,
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (await step()) continue
        await rest()
      } catch (error) {
        log.warn({ error }, 'worker could not reach the store')
        await clock.sleep(storePauseMs, stopping.signal)
      }
    }
  }

  /** Waits for news (the end of a run is news too) or for the next due time. */
  async function rest(): Promise<void> {
    const isFull = running.size >= concurrency
    const due = isFull ? undefined : await store.queue.nextDue()
    const untilDue = due === undefined ? pollMs : Math.max(shortestRestMs, due - clock.now())
    await store.queue.wait(Math.min(pollMs, untilDue), stopping.signal)
  }

  /** Takes one round; false where there was nothing to take. */
  async function step(): Promise<boolean> {
    const deliveries = await drainInbox()
    if (deliveries > 0) progressAt = clock.now()
    let claimed = 0
    while (running.size < concurrency && !stopping.signal.aborted) {
      const lease = await store.queue.claim(name, clock.now(), leaseMs)
      if (!lease) break
      claimed++
      begin(lease)
    }
    return deliveries + claimed > 0
  }

  function begin(lease: Lease): void {
    const abort = new AbortController()
    const earlier = running.get(lease.key)
    // Our own lease ran out under us (a long pause, a clock that jumped): the older run is fenced off and must end first.
    earlier?.abort.abort()
    const ended = hold(lease, abort, earlier?.ended)
    const run = { abort, ended }
    running.set(lease.key, run)
    void ended.then(() => running.get(lease.key) === run && running.delete(lease.key))
  }

  async function hold(lease: Lease, abort: AbortController, earlier?: Promise<void>): Promise<void> {
    const over = new AbortController()
    const renewing = renew(lease, abort, over.signal)
    try {
      await earlier
      await runWork(lease, abort.signal)
    } catch (error) {
      log.warn({ key: lease.key, error }, 'outcome not recorded; the lease will run out')
    }
    over.abort()
    await renewing
    progressAt = clock.now()
  }

  async function renew(lease: Lease, abort: AbortController, over: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(leaseMs / 3, over)
      if (over.aborted) return
      try {
        if (!(await store.queue.renew(lease, clock.now(), leaseMs))) return abort.abort()
      } catch (error) {
        log.warn({ key: lease.key, error }, 'lease not renewed')
      }
    }
  }
}

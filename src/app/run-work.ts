import type { Work } from '../domain/work.ts'
import type { JourneyOutcome } from '../journeys/ports.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import type { Lease, Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { describeWork } from './describe-work.ts'
import { maxLapses, planRetry } from './retry-plan.ts'

export type Handlers = {
  [Kind in Work['kind']]: (
    work: Extract<Work, { kind: Kind }>,
    signal: AbortSignal,
  ) => Promise<JourneyOutcome>
}

export interface WorkRunner {
  store: Pick<Store, 'queue'>
  clock: Clock
  random: Random
  log: Log
  telemetry: Telemetry
  handlers: Handlers
  /** Tells people about work that is not tried again; what it throws is logged. */
  giveUp?(work: Work, error: unknown): Promise<void>
}

type End = {
  result: 'ended' | 'retried' | 'dead' | 'cancelled' | 'lease-lost'
  outcome: string
  actions: number
}

/** Runs one leased piece of work to its end, records what came of it and says so in one log line. Throws only where the store fails. */
export function createWorkRunner(runner: WorkRunner): (lease: Lease, signal: AbortSignal) => Promise<void> {
  const { store, clock, random, log, handlers, telemetry } = runner
  const labels = ['journey', 'result'] as const
  const count = telemetry.counter({
    name: 'drawbridge_journeys_total',
    help: 'Journeys that ran, by kind and by what became of them.',
    labels,
  })
  const observe = telemetry.histogram({
    name: 'drawbridge_journey_seconds',
    help: 'How long journeys took.',
    labels,
    buckets: [0.05, 0.25, 1, 5, 15, 60, 300],
  })

  return async (lease, signal) => {
    const startedAt = clock.now()
    const { end, error } = await run(lease, signal)
    const durationMs = clock.now() - startedAt
    count({ journey: lease.work.kind, result: end.result })
    observe({ journey: lease.work.kind, result: end.result }, durationMs / 1000)
    const fields = { ...describeWork(lease.work), attempt: lease.attempt, ...end, durationMs }
    if (end.result === 'dead') log.error({ ...fields, error }, 'journey')
    else if (error) log.warn({ ...fields, error }, 'journey')
    else if (end.actions > 0) log.info(fields, 'journey')
    else log.debug(fields, 'journey')
  }

  async function run(lease: Lease, signal: AbortSignal): Promise<{ end: End; error?: unknown }> {
    let outcome: JourneyOutcome
    try {
      if ((lease.lapses ?? 0) >= maxLapses)
        throw new Error(`its worker ended without a word ${lease.lapses} times`)
      outcome = await handle(lease.work, signal)
    } catch (error) {
      return signal.aborted
        ? { end: await giveBack(lease) }
        : { end: await recordFailure(lease, error), error }
    }
    const isHeld = await store.queue.complete(lease, clock.now(), outcome.next)
    return {
      end: { result: isHeld ? 'ended' : 'lease-lost', outcome: outcome.outcome, actions: outcome.actions },
    }
  }

  function handle<Kind extends Work['kind']>(
    work: Extract<Work, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<JourneyOutcome> {
    const handler: Handlers[Kind] = handlers[work.kind]
    return handler(work, signal)
  }

  /** Ended because we are stopping or a newer look is wanted: nobody's failure, and due again at once. */
  async function giveBack(lease: Lease): Promise<End> {
    const isHeld = await store.queue.complete(lease, clock.now(), clock.now())
    return { result: isHeld ? 'cancelled' : 'lease-lost', outcome: 'cancelled', actions: 0 }
  }

  async function recordFailure(lease: Lease, error: unknown): Promise<End> {
    const now = clock.now()
    const hasLapsed = (lease.lapses ?? 0) >= maxLapses
    const retryAt = hasLapsed ? undefined : planRetry(lease, error, random.number(), now)
    const reason = error instanceof Error ? error.message : String(error)
    const isHeld = await store.queue.fail(lease, now, reason, retryAt)
    const result = !isHeld ? 'lease-lost' : retryAt === undefined ? 'dead' : 'retried'
    if (result === 'dead') await tell(lease.work, error)
    return { result, outcome: 'failed', actions: 0 }
  }
  async function tell(work: Work, error: unknown): Promise<void> {
    try {
      await runner.giveUp?.(work, error)
    } catch (fault) {
      log.warn({ ...describeWork(work), error: fault }, 'nobody was told that the work failed')
    }
  }
}

import type { AgentPlace } from '../domain/agent.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { Instant } from '../domain/refs.ts'
import {
  emptyLease,
  leaseId,
  planLease,
  renewEveryMs,
  seeLease,
  type SeenLease,
  toLease,
  writeForMs,
} from '../features/agents/plan-lease.ts'
import { inventoryNamespace } from '../features/sync/inventory.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Log } from '../ports/log.ts'

export interface LeaseOptions {
  cluster: Cluster
  place: AgentPlace
  /** Of this process alone. */
  holder: string
  /** Nobody sets it. */
  clock: Clock
  /** The machine's: it goes on while the machine sleeps, and the lease runs out meanwhile. Default: `clock`. */
  wall?: Pick<Clock, 'now'>
  log: Log
}

/** The time during which a place is ours. */
export interface Term {
  /** Aborts as soon as the place may be somebody else's. */
  signal: AbortSignal
  /** Asked before every write. */
  mayWrite(): boolean
}

export interface LeaseHold {
  /** Waits until the place is ours. Undefined: the signal aborted first, or, where it may not wait, another holds it. */
  begin(signal: AbortSignal, options?: { mayWait: boolean }): Promise<Term | undefined>
  /** Gives the place back, so that the next need not wait. */
  release(): Promise<void>
  /** Who holds it, as far as is known. */
  heldBy(): string
}

const manager = 'drawbridge-lease'

/**
 * A Lease of coordination.k8s.io on the cluster that is written to: whoever cannot reach the cluster cannot hold it either.
 * Every change is a compare-and-swap on its version; whether a holder is gone is told by our own clock alone.
 */
export function createLeaseHold(options: LeaseOptions): LeaseHold {
  const { cluster, place, holder, clock, wall = clock, log } = options
  const id = leaseId(place)
  let seen: SeenLease | undefined
  let heldUntil: Instant = 0
  let heldUntilByWall: Instant = 0
  let acquiredAt: Instant = 0

  const look = async (): Promise<SeenLease> => {
    let object = await cluster.get(id)
    if (object === undefined) {
      // Holds no field, so that a second one who finds nothing takes nothing away.
      await cluster.apply(namespace, { fieldManager: 'drawbridge', force: false })
      await cluster.apply(emptyLease(id), { fieldManager: `${manager}-creation`, force: false })
      object = await cluster.get(id)
    }
    if (object === undefined) throw unusable('it cannot be created')
    seen = seeLease(object, seen, clock.now())
    return seen
  }
  const unusable = (message: string) =>
    new AdapterError({
      system: 'kubernetes',
      operation: `lease ${id.name}`,
      target: cluster.name,
      retryable: true,
      message,
    })

  /** One change from what was seen; false where somebody was faster. */
  const write = async (lease: SeenLease, transitions: number, as: string): Promise<boolean> => {
    const startedAt = clock.now()
    const startedByWall = wall.now()
    const wanted = toLease(id, { holder: as, transitions, acquiredAt }, startedByWall)
    const result = await cluster.apply(wanted, {
      fieldManager: manager,
      force: true,
      resourceVersion: lease.resourceVersion,
    })
    if (result.kind === 'conflict') return false
    if (result.kind !== 'applied') throw unusable(`it cannot be written (${result.kind})`)
    seen = {
      holder: as,
      transitions,
      resourceVersion: result.object.metadata.resourceVersion ?? '',
      seenAt: clock.now(),
    }
    heldUntil = as === '' ? 0 : startedAt + writeForMs
    heldUntilByWall = startedByWall + writeForMs
    return true
  }
  const step = async (): Promise<boolean> => {
    const lease = seen?.holder === holder ? seen : await look()
    const plan = planLease(lease, holder, clock.now())
    if (plan.kind === 'wait') return false
    if (plan.kind === 'take') acquiredAt = wall.now()
    const isOurs = await write(lease, plan.kind === 'take' ? plan.transitions : lease.transitions, holder)
    if (!isOurs) await look()
    return isOurs
  }
  const tryStep = async (): Promise<boolean> => {
    try {
      return await step()
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error
      log.warn({ lease: id.name, reason: error.message }, 'lease')
      return false
    }
  }
  const mayWrite = () => clock.now() < heldUntil && wall.now() < heldUntilByWall

  const keep = async (over: AbortController, stop: AbortSignal): Promise<void> => {
    while (!stop.aborted && mayWrite()) {
      await clock.sleep(Math.min(renewEveryMs, heldUntil - clock.now()), stop)
      if (stop.aborted) break
      if (!(await tryStep()) && seen?.holder !== holder) heldUntil = 0
    }
    if (!stop.aborted) log.warn({ lease: id.name, holder: seen?.holder ?? '' }, 'lease lost: writing stops')
    over.abort()
  }

  return {
    heldBy: () => seen?.holder ?? '',
    async begin(signal, { mayWait } = { mayWait: true }) {
      while (!signal.aborted) {
        if (await tryStep()) {
          const over = new AbortController()
          void keep(over, signal)
          return { signal: AbortSignal.any([signal, over.signal]), mayWrite }
        }
        if (!mayWait) return undefined
        log.info({ lease: id.name, holder: seen?.holder ?? '' }, 'waits for the lease')
        await clock.sleep(renewEveryMs, signal)
      }
      return undefined
    },
    async release() {
      if (seen?.holder !== holder || !mayWrite()) return
      await write(seen, seen.transitions, '').catch((error: unknown) => {
        log.debug({ error }, 'the lease was not given back; it runs out')
      })
    },
  }
}

const namespace: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: inventoryNamespace },
}

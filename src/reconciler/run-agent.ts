import { type Instant, type RepositoryRef, type Target, targetKey } from '../domain/refs.ts'
import type { Attestation, Release } from '../domain/release.ts'
import type { Decryptor } from '../ports/decryptor.ts'
import type { Ports } from '../journeys/ports.ts'
import { reconcileTarget } from '../journeys/reconcile-target.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { ClusterGuard } from '../ports/cluster-guard.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Random } from '../ports/random.ts'
import { createAgentMemory } from './agent-memory.ts'
import { createClusterView } from './cluster-view.ts'

export interface AgentOptions {
  ports: Pick<Ports, 'clock' | 'ledger' | 'log'> & { decryptor?: Decryptor }
  repository: RepositoryRef
  environment: string
  cluster: Cluster
  /** Milliseconds between two looks at git. */
  interval: number
  /** One look at everything, then the end. */
  once?: boolean
  signal: AbortSignal
  /** Whether a target of this cluster is for us; all are where absent. */
  isOurs?(target: Target): boolean
  /** Given a way to say that git has something new: it is looked at at once. */
  news?(look: () => void): void
  /** Spreads the looks of many agents over time. */
  random?: Random
  /** Asked before each look at a target. */
  guard?: ClusterGuard
  /** A target's release is new or different. */
  onReport?(release: Release): void
}

/** Targets that are looked at at the same time: their requests share one pool of connections. */
const mostAtOnce = 32

/** A target, and when to look at it next. */
interface Watched {
  target: Target
  /** What git said of it when it became due. */
  attested: string
  due: Instant
  isRunning: boolean
}

/** The reconciler beside its cluster: reads the rendered ref, verifies, and applies its own paths; needs nothing else. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { ports, repository, cluster, interval, signal } = options
  const { clock } = ports
  const ended = new AbortController()
  const watched = new Map<string, Watched>()
  const running = new Set<Promise<void>>()
  let wake = new AbortController()
  const onHint = (hint: { repositoryId: string; target: Target }) => {
    const one = watched.get(targetKey(hint.target))
    if (options.once || one === undefined || hint.repositoryId !== repository.id) return
    one.due = clock.now()
    wake.abort()
  }
  const view = createClusterView({ cluster, clock, signal: AbortSignal.any([signal, ended.signal]), onHint })
  const reconcilePorts = {
    ...ports,
    store: createAgentMemory(ports.log, (release) => options.onReport?.(release)),
    cluster: (name: string) => (name === cluster.name ? cluster : undefined),
    view: (name: string) => (name === cluster.name ? view : undefined),
    guard: options.guard,
  }
  const look = async (one: Watched) => {
    one.isRunning = true
    one.due = Infinity
    const next = await reconcile(reconcilePorts, repository, one.target)
    one.isRunning = false
    // A hint that came meanwhile makes it due at once.
    one.due = Math.min(one.due, next ?? clock.now() + interval)
  }
  let lookAt = clock.now()
  options.news?.(() => {
    lookAt = clock.now()
    wake.abort()
  })
  while (!signal.aborted) {
    const now = clock.now()
    if (now >= lookAt) {
      takeNews(watched, await ownAttestations(options), clock.now())
      lookAt = clock.now() + Math.round(interval * (options.random ? 0.8 + 0.4 * options.random.number() : 1))
    }
    const ready = [...watched.values()].filter((one) => !one.isRunning && one.due <= clock.now())
    for (const one of ready.slice(0, mostAtOnce - running.size)) {
      const work = look(one).finally(() => {
        running.delete(work)
        wake.abort()
      })
      running.add(work)
    }
    if (options.once && running.size === 0) break
    const soonest = Math.min(...(options.once ? [] : [lookAt]), ...duesOf(watched, running.size))
    const sleep = AbortSignal.any([signal, wake.signal])
    await clock.sleep(Math.max(0, soonest - clock.now()), sleep)
    if (wake.signal.aborted) wake = new AbortController()
  }
  await Promise.all(running)
  ended.abort()
}

/** Where as many run as may, the next one waits for one of them to end. */
function duesOf(watched: ReadonlyMap<string, Watched>, running: number): number[] {
  if (running >= mostAtOnce) return []
  return [...watched.values()].filter(({ isRunning }) => !isRunning).map(({ due }) => due)
}

/** A target that git says something else of than before is due at once; one that it no longer names is let go. */
function takeNews(
  watched: Map<string, Watched>,
  attestations: Attestation[] | undefined,
  now: Instant,
): void {
  if (attestations === undefined) return
  const named = new Set(attestations.map(({ target }) => targetKey(target)))
  for (const key of watched.keys()) if (!named.has(key)) watched.delete(key)
  for (const attestation of attestations) {
    const key = targetKey(attestation.target)
    const attested = JSON.stringify(attestation)
    const known = watched.get(key)
    if (known === undefined)
      watched.set(key, { target: attestation.target, attested, due: now, isRunning: false })
    else if (known.attested !== attested) Object.assign(known, { attested, due: now })
  }
}

/** What the rendered ref says of this cluster's targets; undefined where git did not answer. */
async function ownAttestations(options: AgentOptions): Promise<Attestation[] | undefined> {
  const { ports, repository, environment, cluster, isOurs = () => true } = options
  try {
    const state = await ports.ledger.read(repository, environment)
    const all = state?.attestations ?? []
    return all
      .filter(({ target }) => target.cluster === cluster.name && target.environment === environment)
      .filter(({ target }) => isOurs(target))
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    ports.log.warn({ environment, operation: error.operation, reason: error.message }, 'git did not answer')
    return undefined
  }
}

async function reconcile(
  ports: Parameters<typeof reconcileTarget>[0],
  repository: RepositoryRef,
  target: Target,
): Promise<Instant | undefined> {
  try {
    return (await reconcileTarget(ports, { repository, target })).next
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    ports.log.warn({ target, operation: error.operation }, 'target could not be reconciled')
    return undefined
  }
}

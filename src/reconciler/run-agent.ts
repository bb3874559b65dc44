import { type Instant, type RepositoryRef, type Target, targetKey } from '../domain/refs.ts'
import type { Release } from '../domain/release.ts'
import type { Ports } from '../journeys/ports.ts'
import { reconcileTarget } from '../journeys/reconcile-target.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Cluster } from '../ports/cluster.ts'
import { createAgentMemory } from './agent-memory.ts'
import { watchTargets } from './watch-targets.ts'

export interface AgentOptions {
  ports: Pick<Ports, 'clock' | 'ledger' | 'log'>
  repository: RepositoryRef
  environment: string
  cluster: Cluster
  /** Milliseconds between two looks at git. */
  interval: number
  /** One look at everything, then the end. */
  once?: boolean
  signal: AbortSignal
  /** A target's release is new or different. */
  onReport?(release: Release): void
}

/** The reconciler beside its cluster: reads the rendered ref, verifies, and applies its own paths; needs nothing else. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { ports, repository, cluster, interval, signal } = options
  const store = createAgentMemory(ports.log, (release) => options.onReport?.(release))
  const reconcilePorts = {
    ...ports,
    store,
    cluster: (name: string) => (name === cluster.name ? cluster : undefined),
  }
  const due = new Map<string, Instant>()
  let wake = new AbortController()
  if (!options.once) {
    const onHint = (hint: { repositoryId: string; target: Target }) => {
      if (hint.repositoryId !== repository.id) return
      due.set(targetKey(hint.target), ports.clock.now())
      wake.abort()
    }
    void watchTargets(cluster, ports.clock, onHint, signal)
  }
  let lookAt = ports.clock.now()
  let targets: Target[] = []
  while (!signal.aborted) {
    const now = ports.clock.now()
    if (now >= lookAt) {
      targets = (await ownTargets(options)) ?? targets
      // Git may say something new about any of them.
      for (const target of targets) due.set(targetKey(target), now)
      lookAt = now + interval
    }
    for (const target of targets.filter((target) => (due.get(targetKey(target)) ?? Infinity) <= now)) {
      const next = await reconcile(reconcilePorts, repository, target)
      due.set(targetKey(target), next ?? now + interval)
    }
    if (options.once) return
    const soonest = Math.min(lookAt, ...due.values())
    const sleep = AbortSignal.any([signal, wake.signal])
    await ports.clock.sleep(Math.max(0, soonest - ports.clock.now()), sleep)
    if (wake.signal.aborted) wake = new AbortController()
  }
}

/** The targets of this cluster that the rendered ref names; undefined where git did not answer. */
async function ownTargets(options: AgentOptions): Promise<Target[] | undefined> {
  const { ports, repository, environment, cluster } = options
  try {
    const state = await ports.ledger.read(repository, environment)
    const all = (state?.attestations ?? []).map(({ target }) => target)
    return all.filter((target) => target.cluster === cluster.name && target.environment === environment)
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    ports.log.warn({ environment, operation: error.operation }, 'git did not answer')
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

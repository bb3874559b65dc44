import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import type { KubeconfigSource } from '../../src/adapters/kubernetes/connection.ts'
import type { Target } from '../../src/domain/refs.ts'
import { reconcileTarget } from '../../src/journeys/sync/reconcile-target.ts'
import type { ClusterView } from '../../src/ports/cluster-view.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import { createAgentMemory } from '../../src/reconciler/agent-memory.ts'
import { createClusterView } from '../../src/reconciler/cluster-view.ts'
import { sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { machineClock, seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'
import { fakeLedger, repository } from './reconcile-target-doubles.ts'

/** Waits a twentieth as long: the patience with a server that does not answer, and what is tried again. */
export const hastyClock: Clock = {
  ...machineClock,
  sleep: (ms, signal) => machineClock.sleep(ms / 20, signal),
}

/** A target on the real API server that all suites share, whose releases a ledger in memory attests. */
export interface RealTarget {
  target: Target
  cluster: Cluster
  view: ClusterView
  ledger: ReturnType<typeof fakeLedger>
  look(): ReturnType<typeof reconcileTarget>
  close(): Promise<void>
}

/** With the `ledger` of another one: the same, to an agent that knows nothing yet. */
export async function openRealTarget(
  target: Target,
  ledger = fakeLedger(),
  kubeconfig: KubeconfigSource = sharedKubeconfig,
  clock: Clock = machineClock,
): Promise<RealTarget> {
  const log = silentLog
  const cluster = createCluster({ name: target.cluster, kubeconfig, clock, random: seededRandom(), log })
  const ended = new AbortController()
  const view = createClusterView({ cluster, clock, signal: ended.signal, onHint: () => undefined })
  const store = createAgentMemory(log, () => undefined)
  const ports = { clock, ledger, log, serve: async () => ({ cluster, view }), store }
  return {
    target,
    cluster,
    view,
    ledger,
    look: () => reconcileTarget(ports, { repository, target }),
    async close() {
      ended.abort()
      await cluster.close()
    },
  }
}

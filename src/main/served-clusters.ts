import { createCluster } from '../adapters/kubernetes/create-cluster.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterView } from '../ports/cluster-view.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import { createAnnouncer } from '../reconciler/announce-deeds.ts'
import { createIdentityGuard } from '../reconciler/guard-identity.ts'
import { clusterApiKubeconfig } from './cluster-api-kubeconfig.ts'
import { rememberIdentity } from './remember-identity.ts'
import type { ServedCluster } from '../ports/served-cluster.ts'

export interface ServedClustersOptions {
  /** The operator's kubeconfigs by name: how to read each anew. */
  kubeconfigs: ReadonlyMap<string, () => string>
  /** The uids of replaced clusters that the operator accepts. */
  acceptedIdentities: readonly string[]
  /** Of tests: Secrets of Cluster API may name this machine. */
  isLoopbackAllowed?: boolean
  view(cluster: Cluster): ClusterView
  store: Pick<Store, 'effects'>
  clock: Clock
  /** Of requests and watches: see Foundations. */
  clusterClock: Clock
  random: Random
  log: Log
}

export interface ServedClusters {
  byKubeconfig(name: string): ServedCluster | undefined
  byClusterApi(name: string, place: { management: string; namespace: string }): ServedCluster | undefined
  /** By how many milliseconds the clock of each that has answered is ahead of ours. */
  clockSkews(): { cluster: string; skewMs: number }[]
  close(): Promise<void>
}

/** The clusters that the app itself writes to: the operator's are watched from the start, Cluster API's when they are first needed. */
export function createServedClusters(options: ServedClustersOptions): ServedClusters {
  const { store, clock, clusterClock, random, log } = options
  const opened: (Cluster & { close(): Promise<void> })[] = []
  const open = (name: string, kubeconfig: () => string | Promise<string>): ServedCluster => {
    const cluster = createCluster({ name, kubeconfig, clock: clusterClock, random, log })
    opened.push(cluster)
    const memory = rememberIdentity(store, clock, name)
    const guard = createIdentityGuard(cluster, memory, clock, options.acceptedIdentities)
    const announcer = createAnnouncer({ cluster, clock, log })
    const onDeed: ServedCluster['onDeed'] = (target, entry) => void announcer.hear(target, entry)
    return { cluster, view: options.view(cluster), guard, onDeed }
  }
  const own = new Map([...options.kubeconfigs].map(([name, read]) => [name, open(name, read)]))
  const byClusterApi = new Map<string, ServedCluster>()
  return {
    byKubeconfig: (name) => own.get(name),
    byClusterApi(name, { management, namespace }) {
      const fleet = own.get(management)?.cluster
      if (fleet === undefined) return undefined
      const key = `${management}/${namespace}/${name}`
      const served =
        byClusterApi.get(key) ?? open(name, () => clusterApiKubeconfig(fleet, namespace, name, options))
      byClusterApi.set(key, served)
      return served
    },
    clockSkews: () =>
      opened.flatMap((cluster) => {
        const skewMs = cluster.clockSkew()
        return skewMs === undefined ? [] : [{ cluster: cluster.name, skewMs }]
      }),
    close: async () => void (await Promise.all(opened.map((cluster) => cluster.close()))),
  }
}

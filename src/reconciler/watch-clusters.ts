import type { RepositoryRef } from '../domain/refs.ts'
import type { Ports } from '../journeys/ports.ts'
import type { Cluster } from '../ports/cluster.ts'
import { watchTargets } from './watch-targets.ts'

export interface WatchClustersOptions {
  ports: Pick<Ports, 'clock' | 'log'> & { store: { queue: Pick<Ports['store']['queue'], 'enqueue'> } }
  clusters: ReadonlyMap<string, Cluster>
  /** Those that are known now; a hint for another repository is not ours to follow. */
  repositories: () => RepositoryRef[]
  signal: AbortSignal
}

/** Turns what changes on the clusters into work: the target is looked at at once. */
export function watchClusters({ ports, clusters, repositories, signal }: WatchClustersOptions): void {
  for (const cluster of clusters.values()) {
    const follow = async (repositoryId: string, work: { kind: 'reconcile-target'; target: Hinted }) => {
      const found = repositories().find(({ id }) => id === repositoryId)
      if (found === undefined || signal.aborted) return
      const { id, owner, name, installation } = found
      await ports.store.queue.enqueue(
        { ...work, repository: { id, owner, name, installation } },
        ports.clock.now(),
      )
    }
    const onHint = ({ repositoryId, target }: { repositoryId: string; target: Hinted }) => {
      follow(repositoryId, { kind: 'reconcile-target', target }).catch(() => {
        // The sweep finds what this hint would have told.
        ports.log.warn({ cluster: cluster.name }, 'a hint was lost')
      })
    }
    watchTargets(cluster, ports.clock, onHint, signal).catch(() => {
      ports.log.warn({ cluster: cluster.name }, 'the watch of a cluster ended')
    })
  }
}

type Hinted = Parameters<Parameters<typeof watchTargets>[2]>[0]['target']

import type { RepositoryRef } from '../domain/refs.ts'
import type { InventoryOwner } from '../features/sync/inventory.ts'
import type { Ports } from '../journeys/ports.ts'
import type { ClusterView } from '../ports/cluster-view.ts'
import type { Cluster } from '../ports/cluster.ts'
import { createClusterView } from './cluster-view.ts'

export interface ViewClustersOptions {
  ports: Pick<Ports, 'clock' | 'log'> & { store: { queue: Pick<Ports['store']['queue'], 'enqueue'> } }
  clusters: ReadonlyMap<string, Cluster>
  /** Those that are known now; a hint for another repository is not ours to follow. */
  repositories: () => RepositoryRef[]
  signal: AbortSignal
}

/** The views of all clusters. What changes on one becomes work: the target is looked at at once. */
export function viewClusters({
  ports,
  clusters,
  repositories,
  signal,
}: ViewClustersOptions): ReadonlyMap<string, ClusterView> {
  const { clock } = ports
  const follow = async ({ repositoryId, target }: InventoryOwner) => {
    const found = repositories().find(({ id }) => id === repositoryId)
    if (found === undefined || signal.aborted) return
    const { id, owner, name, installation } = found
    const repository = { id, owner, name, installation }
    await ports.store.queue.enqueue({ kind: 'reconcile-target', repository, target }, clock.now())
  }
  const viewOf = (cluster: Cluster) =>
    createClusterView({
      cluster,
      clock,
      signal,
      onHint(hint) {
        follow(hint).catch(() => {
          // The sweep finds what this hint would have told.
          ports.log.warn({ cluster: cluster.name }, 'a hint was lost')
        })
      },
    })
  return new Map([...clusters].map(([name, cluster]) => [name, viewOf(cluster)]))
}

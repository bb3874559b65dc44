import type { RepositoryRef } from '../domain/refs.ts'
import type { InventoryOwner } from '../features/sync/inventory.ts'
import type { Ports } from '../journeys/ports.ts'
import type { ClusterView } from '../ports/cluster-view.ts'
import type { Cluster } from '../ports/cluster.ts'
import { createClusterView } from './cluster-view.ts'

export interface ViewOptions {
  ports: Pick<Ports, 'clock' | 'log'> & { store: { queue: Pick<Ports['store']['queue'], 'enqueue'> } }
  /** Those that are known now; a hint for another repository is not ours to follow. */
  repositories: () => RepositoryRef[]
  signal: AbortSignal
}

/** Makes the view of a cluster. What changes there becomes work: the target is looked at at once. */
export function viewingClusters({
  ports,
  repositories,
  signal,
}: ViewOptions): (cluster: Cluster) => ClusterView {
  const { clock } = ports
  const follow = async ({ repositoryId, target }: InventoryOwner) => {
    const found = repositories().find(({ id }) => id === repositoryId)
    if (found === undefined || signal.aborted) return
    const { id, owner, name, installation } = found
    const repository = { id, owner, name, installation }
    await ports.store.queue.enqueue({ kind: 'reconcile-target', repository, target }, clock.now())
  }
  return (cluster) =>
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
}

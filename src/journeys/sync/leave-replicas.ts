import { formatObjectId, type KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isLeftByUs } from '../../features/sync/left-replicas.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import type { Change } from '../../features/sync/plan-sync.ts'
import type { Cluster } from '../../ports/cluster.ts'

/** Holds the number of replicas from when we give it up until an autoscaler writes it. */
const keeper = `${fieldManager}-replicas`

/**
 * An autoscaler decides the number of replicas from now on. What nobody owns any more goes back to 1 with the next apply,
 * however many there are: so it is kept as it is until the autoscaler writes it. Gives what has to happen first.
 * Source: Kubernetes, "Server-Side Apply", transferring ownership.
 */
export async function leaveReplicas(
  cluster: Cluster,
  { id, object }: Pick<Change, 'id' | 'object'>,
): Promise<string | undefined> {
  const live = await cluster.get(id)
  if (live === undefined || !isLeftByUs(live, fieldManager)) return undefined
  const { name, namespace } = object.metadata
  const { replicas } = live['spec'] as { replicas: number }
  const kept: KubernetesObject = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name, namespace },
    spec: { replicas },
  }
  const { resourceVersion } = live.metadata
  const result = await cluster.apply(kept, { fieldManager: keeper, force: false, resourceVersion })
  if (result.kind === 'applied') return undefined
  return `${formatObjectId(id)}: replicas are left to its autoscaler once nobody else writes it at the same time`
}

import type { ObjectId } from '../../domain/kubernetes-object.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import { planRenewal } from '../../features/sync/plan-renewal.ts'
import type { Cluster } from '../../ports/cluster.ts'

/** After an API version was removed: whoever owned fields by it owns them by the present one. True: something was changed. */
export async function renewManagers(cluster: Cluster, id: ObjectId, apiVersion: string): Promise<boolean> {
  const live = await cluster.get(id)
  if (live === undefined) return false
  const served = (await cluster.resources()).map(({ group, version }) =>
    group === '' ? version : `${group}/${version}`,
  )
  const operations = planRenewal(live, new Set(served), apiVersion)
  if (operations === undefined) return false
  return (await cluster.patch(id, operations, { fieldManager })) === 'patched'
}

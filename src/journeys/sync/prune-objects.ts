import { formatObjectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Inventory } from '../../features/sync/inventory.ts'
import type { SyncPlan } from '../../features/sync/plan-sync.ts'
import type { Cluster } from '../../ports/cluster.ts'

export interface Pruned {
  deleted: string[]
  /** For people: what could not be deleted, and why. */
  problems: string[]
}

/** Deletes what the plan prunes, in reverse order of the layers. What is still there (finalizers) stays in the inventory. */
export async function pruneObjects(cluster: Cluster, plan: SyncPlan, inventory: Inventory): Promise<Pruned> {
  for (const entry of plan.prune.forgotten) inventory.entries.delete(objectKey(entry.id))
  const done: Pruned = { deleted: [], problems: [] }
  await Promise.all(
    plan.prune.prunes.map(async ({ id, uid }) => {
      const known = uid === '' ? (await cluster.get(id))?.metadata.uid : uid
      const answer = known === undefined ? 'gone' : await cluster.delete(id, known)
      if (answer === 'denied') {
        done.problems.push(`${formatObjectId(id)}: the API server does not let us delete it`)
        return
      }
      const isGone = answer !== 'deleted' || (await cluster.get(id))?.metadata.uid !== known
      if (isGone) inventory.entries.delete(objectKey(id))
      done.deleted.push(formatObjectId(id))
    }),
  )
  return done
}

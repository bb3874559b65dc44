import { objectKey } from '../../domain/kubernetes-object.ts'
import type { Inventory, InventoryEntry } from '../../features/sync/inventory.ts'
import type { SyncPlan } from '../../features/sync/plan-sync.ts'
import type { ClusterView } from '../../ports/cluster-view.ts'
import type { ReconcileFacts } from './reconcile-facts.ts'

/** What was known and what will be, so that a crash leaves nothing behind that is not known. */
export function withPlanned(inventory: Inventory, plan: SyncPlan): Inventory {
  const entries = new Map(inventory.entries)
  for (const { id, kind } of plan.layers.flatMap(({ changes }) => changes)) {
    const key = objectKey(id)
    if (kind !== 'skipped' && !entries.has(key))
      entries.set(key, { id, uid: '', applied: '', fields: '', meta: '', at: 0 })
  }
  return { ...inventory, entries }
}

/**
 * The inventory with every Job that has completed taken down as such: it may be cleaned up, and must not run again because
 * of that. The same inventory where there is nothing new.
 */
export function withFinishedJobs(
  inventory: Inventory,
  view: Pick<ClusterView, 'get' | 'completed'>,
): Inventory {
  const isNews = ([key, { id, uid, isFinished }]: [string, InventoryEntry]) => {
    if (id.kind !== 'Job' || isFinished || uid === '') return false
    const live = view.get(key)
    return live ? live.isFinished && live.metadata.uid === uid : view.completed(key) === uid
  }
  const news = [...inventory.entries].filter(isNews)
  if (news.length === 0) return inventory
  const finished = news.map(([key, entry]) => [key, { ...entry, isFinished: true }] as const)
  return { ...inventory, entries: new Map([...inventory.entries, ...finished]) }
}

/** What is left to others stays so until the object is made anew. */
export function noteYielded(inventory: Inventory, { yielded }: ReconcileFacts): void {
  for (const [key, entry] of inventory.entries) {
    const pointers = yielded.get(key)
    if (pointers === undefined && entry.yielded === undefined) continue
    const { yielded: _, ...rest } = entry
    inventory.entries.set(key, pointers === undefined ? rest : { ...rest, yielded: pointers })
  }
}

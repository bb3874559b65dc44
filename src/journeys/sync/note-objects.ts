import { objectKey } from '../../domain/kubernetes-object.ts'
import type { Inventory } from '../../features/sync/inventory.ts'
import type { SyncPlan } from '../../features/sync/plan-sync.ts'
import { liveObject } from './judge-release.ts'
import type { Applied } from './reconcile-apply.ts'
import type { ReconcileFacts } from './reconcile-facts.ts'

/** Written before the first apply, so that a crash leaves nothing behind that is not known. */
export function withPlanned(inventory: Inventory, plan: SyncPlan): Inventory {
  const entries = new Map(inventory.entries)
  for (const { id, kind } of plan.layers.flatMap(({ changes }) => changes)) {
    const key = objectKey(id)
    if (kind !== 'skipped' && !entries.has(key))
      entries.set(key, { id, uid: '', applied: '', fields: '', meta: '', at: 0 })
  }
  return { ...inventory, entries }
}

/** A Job that completed may be cleaned up: it must not run again because of that. */
export function noteFinishedJobs(inventory: Inventory, facts: ReconcileFacts, applied: Applied): void {
  for (const [key, entry] of inventory.entries) {
    const live = entry.id.kind === 'Job' ? liveObject(facts, applied, key) : undefined
    if (live?.isFinished) inventory.entries.set(key, { ...entry, isFinished: true })
  }
}

/** What is left to others stays so until the object is made anew. */
export function noteYielded(inventory: Inventory, { yielded }: ReconcileFacts): void {
  for (const [key, entry] of inventory.entries) {
    const { yielded: _, ...rest } = entry
    const pointers = yielded.get(key)
    inventory.entries.set(key, pointers === undefined ? rest : { ...rest, yielded: pointers })
  }
}

import {
  formatObjectId,
  type KubernetesObject,
  objectId,
  type ObjectId,
  objectKey,
} from '../domain/kubernetes-object.ts'
import type { LiveObject } from '../domain/live-object.ts'
import type { Instant, RepositoryRef, Sha, Target } from '../domain/refs.ts'
import {
  type Inventory,
  inventoryNamespace,
  recordApplied,
  toInventoryObject,
} from '../features/sync/inventory.ts'
import { fieldManager } from '../features/sync/ownership.ts'
import type { Change, SyncPlan } from '../features/sync/plan-sync.ts'
import { mayTakeOver } from '../features/sync/take-over.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { ApplyResult, Cluster } from '../ports/cluster.ts'
import type { ClusterView } from '../ports/cluster-view.ts'

/** What an apply came to. */
export interface Applied {
  /** Objects that were written or found as they should be, as the server answered. */
  objects: Map<string, LiveObject>
  /** For people: what was refused, and why. */
  problems: string[]
  /** What has to happen first, by itself: a kind that is not served yet. */
  waiting: string[]
  writes: number
}

/** Applies layer by layer, within a layer all at once. A layer with a problem is the last one. */
export async function applyLayers(
  cluster: Cluster,
  view: ClusterView,
  plan: SyncPlan,
  inventory: Inventory,
  digest: Sha,
  now: Instant,
): Promise<Applied> {
  const applied: Applied = { objects: new Map(), problems: [], waiting: [], writes: 0 }
  const defined = definedKinds(plan)
  for (const layer of plan.layers) {
    const due = layer.changes.filter(({ kind }) => kind === 'created' || kind === 'configured')
    const skipped = layer.changes.filter(({ kind }) => kind === 'skipped')
    applied.problems.push(...skipped.map(({ reason }) => reason))
    await Promise.all(
      due.map(async (change) => {
        const result = await applyObject(cluster, change)
        applied.writes += 1
        if (result.kind === 'applied') {
          const key = objectKey(change.id)
          const live = view.note(result.object)
          applied.objects.set(key, live)
          inventory.entries.set(key, recordApplied(change.id, change.object, live, digest, now))
        } else if (result.kind === 'unknown-kind' && defined.has(kindKey(change.id)))
          applied.waiting.push(`${change.id.kind} is not served yet`)
        else applied.problems.push(describeRefusal(change.id, result))
      }),
    )
    if (applied.problems.length > 0 || applied.waiting.length > 0) break
  }
  return applied
}

/** Asks politely first; takes fields over from those that it may. */
async function applyObject(cluster: Cluster, change: Change): Promise<ApplyResult> {
  const result = await cluster.apply(change.object, { fieldManager, force: false })
  if (result.kind !== 'conflict') return result
  const managers = result.conflicts.map(({ manager }) => manager)
  return mayTakeOver(managers, change.isKnown)
    ? cluster.apply(change.object, { fieldManager, force: true })
    : result
}

function describeRefusal(id: ObjectId, result: Exclude<ApplyResult, { kind: 'applied' }>): string {
  const name = formatObjectId(id)
  switch (result.kind) {
    case 'conflict': {
      const [first] = result.conflicts
      const fields = result.conflicts.map(({ field }) => field).join(', ')
      return `${name}: ${first?.manager ?? 'another manager'} owns ${fields}`
    }
    case 'invalid':
      return `${name}: ${result.reason}`
    case 'denied':
      return `${name}: ${result.reason}`
    case 'unknown-kind':
      return `${name}: the cluster does not serve ${id.group === '' ? '' : `${id.group}/`}${id.version} ${id.kind}`
  }
}

/** Kinds that the release itself defines. */
function definedKinds(plan: SyncPlan): Set<string> {
  const definitions = plan.layers
    .flatMap(({ changes }) => changes)
    .filter(({ id }) => id.kind === 'CustomResourceDefinition')
  return new Set(
    definitions.map(({ object }) => {
      const spec = object['spec'] as { group?: string; names?: { kind?: string } } | undefined
      return `${spec?.group}/${spec?.names?.kind}`
    }),
  )
}

function kindKey(id: ObjectId): string {
  return `${id.group}/${id.kind}`
}

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

/** Stores the inventory where it differs from what is stored; true where it was written. */
export async function writeInventory(
  cluster: Cluster,
  view: ClusterView,
  repository: RepositoryRef,
  target: Target,
  inventory: Inventory,
  stored: KubernetesObject | undefined,
): Promise<KubernetesObject | undefined> {
  const object = toInventoryObject(repository, target, inventory)
  if (JSON.stringify(sorted(stored?.['data'])) === JSON.stringify(sorted(object['data']))) return undefined
  view.note(await record(cluster, object))
  return object
}

function sorted(data: unknown): [string, unknown][] {
  return Object.entries(data ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

const namespaceObject: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: inventoryNamespace },
}

/** Our own bookkeeping has to be written: nothing is applied that is not recorded. Its namespace comes with the first. */
async function record(cluster: Cluster, object: KubernetesObject): Promise<KubernetesObject> {
  const first = await cluster.apply(object, { fieldManager, force: true })
  if (first.kind === 'applied') return first.object
  const namespace = await cluster.apply(namespaceObject, { fieldManager, force: true })
  const result =
    namespace.kind === 'applied' ? await cluster.apply(object, { fieldManager, force: true }) : namespace
  if (result.kind === 'applied') return result.object
  throw new AdapterError({
    system: 'kubernetes',
    operation: `record in ${formatObjectId(objectId(object))}`,
    target: cluster.name,
    retryable: true,
    message: `the API server refuses it (${result.kind})`,
  })
}

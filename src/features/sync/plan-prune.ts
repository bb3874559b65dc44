import { formatObjectId, type KubernetesObject, objectKey } from '../../domain/kubernetes-object.ts'
import type { Inventory, InventoryEntry } from './inventory.ts'
import { isOwned, pruneAnnotation } from './ownership.ts'
import { protectedKinds } from './sync-layers.ts'

export interface PrunePlan {
  /** To delete. */
  prunes: InventoryEntry[]
  /** Not ours any more or gone: only the record goes. */
  forgotten: InventoryEntry[]
  /** Would be deleted, and stays: why. */
  kept: { entry: InventoryEntry; reason: string }[]
}

/** Above this share and number, or above this number, nothing is deleted without consent. */
const mostShare = 0.2
const fewObjects = 5
const mostObjects = 50

/**
 * What of the inventory goes because the release no longer has it. Deleting needs all of: in the inventory, our labels,
 * the same uid, no controller above it. Nothing goes when nothing at all is desired: that is an error's face. `isConsented`: somebody
 * with the right said that what this release deletes is meant, so kind and number keep nothing.
 */
export function planPrune(
  desiredKeys: ReadonlySet<string>,
  inventory: Inventory,
  live: ReadonlyMap<string, KubernetesObject>,
  labels: Record<string, string>,
  isConsented = false,
): PrunePlan {
  const plan: PrunePlan = { prunes: [], forgotten: [], kept: [] }
  const stale = [...inventory.entries].filter(([key]) => !desiredKeys.has(key))
  for (const [key, entry] of stale) {
    const object = live.get(key)
    if (object === undefined || !isOurs(object, entry, labels)) plan.forgotten.push(entry)
    else {
      const reason = keepReason(object, entry, isConsented)
      if (reason === undefined) plan.prunes.push(entry)
      else plan.kept.push({ entry, reason })
    }
  }
  const refusal = refusalOf(plan.prunes, desiredKeys, inventory, live, isConsented)
  if (refusal === undefined) return plan
  return {
    ...plan,
    prunes: [],
    kept: [...plan.kept, ...plan.prunes.map((entry) => ({ entry, reason: refusal }))],
  }
}

function isOurs(object: KubernetesObject, entry: InventoryEntry, labels: Record<string, string>): boolean {
  const owners = (object.metadata['ownerReferences'] ?? []) as { controller?: boolean }[]
  const hasController = owners.some(({ controller }) => controller === true)
  return (entry.uid === '' || object.metadata.uid === entry.uid) && isOwned(object, labels) && !hasController
}

function consent(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata.annotations?.[pruneAnnotation]
}

function keepReason(
  object: KubernetesObject,
  entry: InventoryEntry,
  isConsented: boolean,
): string | undefined {
  const name = formatObjectId(entry.id)
  if (object.metadata.deletionTimestamp !== undefined) return `${name} is being deleted`
  if (consent(object) === 'no') return `${name} says ${pruneAnnotation}: "no"`
  if (protectedKinds.has(entry.id.kind) && consent(object) !== 'yes' && !isConsented)
    return `${name} is of a protected kind; to delete it, type /ack-delete on the pull request, or give it the annotation ${pruneAnnotation}: "yes" first`
  return undefined
}

function refusalOf(
  prunes: InventoryEntry[],
  desiredKeys: ReadonlySet<string>,
  inventory: Inventory,
  live: ReadonlyMap<string, KubernetesObject>,
  isConsented: boolean,
): string | undefined {
  if (prunes.length === 0) return undefined
  if (desiredKeys.size === 0) return 'the release holds no objects at all; nothing is deleted because of that'
  if (isConsented) return undefined
  const unasked = prunes.filter((entry) => consent(live.get(objectKey(entry.id))) !== 'yes').length
  const isLarge = unasked > fewObjects && unasked > inventory.entries.size * mostShare
  if (!isLarge && unasked <= mostObjects) return undefined
  return `${unasked} of ${inventory.entries.size} objects would be deleted at once; type /ack-delete on the pull request, or mark those meant with the annotation ${pruneAnnotation}: "yes" first`
}

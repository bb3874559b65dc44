import { formatObjectId, type KubernetesObject, objectKey } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Inventory, InventoryEntry } from './inventory.ts'
import { isOwned } from './ownership.ts'
import { hasConsent, keepReason, pruneAnnotation } from './prune-consent.ts'

export interface PrunePlan {
  /** To delete. */
  prunes: InventoryEntry[]
  /** Not ours any more or gone: only the record goes. */
  forgotten: InventoryEntry[]
  /** Would be deleted, and stays: why. */
  kept: { entry: InventoryEntry; reason: string }[]
  /** Was deleted, and is still there: what it waits for. */
  terminating: { entry: InventoryEntry; reason: string }[]
}

export interface PruneFacts {
  desiredKeys: ReadonlySet<string>
  inventory: Inventory
  /** By object key. */
  live: ReadonlyMap<string, KubernetesObject>
  /** The labels of the target. */
  labels: Record<string, string>
  /** Somebody with the right said that what this release deletes is meant, so kind and number keep nothing. */
  isConsented: boolean
  /** `group/kind` of recorded objects that the server does not serve now, though nobody took them away. */
  unserved?: ReadonlySet<string>
  /** Keys that another application of the same cluster wants now, and which it is. */
  wantedElsewhere?: ReadonlyMap<string, string>
  /** The record was rebuilt, or is of another cluster: what it says is seen twice before anything is deleted. */
  isFirstSight?: boolean
}

/** Above this share and number, or above this number, nothing is deleted without consent. */
const mostShare = 0.2
const fewObjects = 5
const mostObjects = 50

/** Finalizers that need longer are told as something that a person has to look at. */
const terminatingMs = 10 * 60_000

/**
 * What of the inventory goes because the release no longer has it. Deleting needs all of: in the inventory, our labels,
 * the same uid, no controller above it, wanted by nobody else. Nothing goes when nothing at all is desired: that is an error's face.
 * `now` is the cluster's.
 */
export function planPrune(facts: PruneFacts, now: Instant): PrunePlan {
  const plan: PrunePlan = { prunes: [], forgotten: [], kept: [], terminating: [] }
  const stale = [...facts.inventory.entries].filter(([key]) => !facts.desiredKeys.has(key))
  for (const [key, entry] of stale) {
    const object = facts.live.get(key)
    if (object === undefined) {
      if (facts.unserved?.has(`${entry.id.group}/${entry.id.kind}`))
        plan.kept.push({ entry, reason: unservedWords(entry) })
      else plan.forgotten.push(entry)
    } else if (!isOurs(object, entry, facts.labels)) plan.forgotten.push(entry)
    else if (object.metadata.deletionTimestamp !== undefined)
      plan.terminating.push({ entry, reason: terminatingWords(entry, object, now) })
    else {
      const reason = movingWords(facts, key, entry) ?? keepReason(object, entry.id, facts.isConsented)
      if (reason === undefined) plan.prunes.push(entry)
      else plan.kept.push({ entry, reason })
    }
  }
  const refusal = refusalOf(plan.prunes, facts)
  if (refusal === undefined) return plan
  const refused = plan.prunes.map((entry) => ({ entry, reason: refusal }))
  return { ...plan, prunes: [], kept: [...plan.kept, ...refused] }
}

function isOurs(object: KubernetesObject, entry: InventoryEntry, labels: Record<string, string>): boolean {
  const owners = (object.metadata['ownerReferences'] ?? []) as { controller?: boolean }[]
  const hasController = owners.some(({ controller }) => controller === true)
  return (entry.uid === '' || object.metadata.uid === entry.uid) && isOwned(object, labels) && !hasController
}

function unservedWords({ id }: InventoryEntry): string {
  const api = id.group === '' ? id.kind : `${id.kind} of ${id.group}`
  return `the cluster does not serve ${api} at present, so nothing is known of ${formatObjectId(id)}`
}

/** Adopted first, forgotten here then: an object that moves between applications is never deleted on its way. */
function movingWords(facts: PruneFacts, key: string, { id }: InventoryEntry): string | undefined {
  const application = facts.wantedElsewhere?.get(key)
  return application === undefined ? undefined : `${formatObjectId(id)} moves to application ${application}`
}

function terminatingWords({ id }: InventoryEntry, object: KubernetesObject, now: Instant): string {
  const { finalizers } = object.metadata as { finalizers?: string[] }
  const held = finalizers && finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : ''
  const since = Date.parse(object.metadata.deletionTimestamp ?? '')
  const isLate = now - since >= terminatingMs
  const late = isLate
    ? ` for ${Math.floor((now - since) / 60_000)} minutes; what holds it has to be finished by its controller or by a person`
    : ''
  return `${formatObjectId(id)} is being deleted${held}${late}`
}

function refusalOf(prunes: InventoryEntry[], facts: PruneFacts): string | undefined {
  const { desiredKeys, inventory, live, isConsented } = facts
  if (prunes.length === 0) return undefined
  if (desiredKeys.size === 0) return 'the release holds no objects at all; nothing is deleted because of that'
  if (facts.isFirstSight)
    return 'the record of what was applied is new, or of another cluster; what is no longer wanted is deleted once it was seen twice'
  if (isConsented) return undefined
  const unasked = prunes.filter((entry) => !hasConsent(live.get(objectKey(entry.id)))).length
  const isLarge = unasked > fewObjects && unasked > inventory.entries.size * mostShare
  if (!isLarge && unasked <= mostObjects) return undefined
  return `${unasked} of ${inventory.entries.size} objects would be deleted at once; type /ack-delete on the pull request, or mark those meant with the annotation ${pruneAnnotation}: "yes" first`
}

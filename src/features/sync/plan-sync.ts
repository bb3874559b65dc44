import {
  formatObjectId,
  type KubernetesObject,
  type ObjectId,
  objectId,
  objectKey,
} from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant, Sha } from '../../domain/refs.ts'
import { detectDrift, type Drift } from '../drift/detect-drift.ts'
import { appliedHash, type Inventory } from './inventory.ts'
import { applicationLabel, isOwned, ownerLabel } from './ownership.ts'
import { planPrune, type PruneFacts, type PrunePlan } from './plan-prune.ts'
import { layerOf, syncLayers } from './sync-layers.ts'

/** What is done with one object. */
export interface Change {
  id: ObjectId
  /** As it is applied; for `deleted` there is none. */
  object: KubernetesObject
  kind: 'created' | 'configured' | 'unchanged' | 'skipped'
  /** For people. */
  reason: string
  /** It was applied as it is, and is different now. */
  drift?: Exclude<Drift['kind'], 'none'>
  /** It was ours before: our value wins over other managers'. */
  isKnown: boolean
}

export interface SyncPlan {
  /** In the order in which they are applied. */
  layers: { name: string; changes: Change[] }[]
  prune: PrunePlan
  /** True: live and inventory are as the release says; nothing is written. */
  isInSync: boolean
}

export interface SyncFacts extends Pick<PruneFacts, 'unserved' | 'wantedElsewhere' | 'isFirstSight'> {
  /** As prepared for applying. */
  desired: readonly KubernetesObject[]
  digest: Sha
  inventory: Inventory
  /** By object key: what is live of the desired and of the inventory. */
  live: ReadonlyMap<string, LiveObject>
  /** Keys that another application of the same owner desires now. */
  claimedElsewhere: ReadonlySet<string>
  /** The labels of the target. */
  labels: Record<string, string>
  /** Somebody with the right consented to what this release deletes. */
  isDeletionConsented: boolean
}

/** What makes a target's live objects equal the release, and nothing more. */
export function planSync(facts: SyncFacts, now: Instant): SyncPlan {
  const changes = facts.desired.map((object) => planObject(facts, object, now))
  const desiredKeys = new Set(changes.map(({ id }) => objectKey(id)))
  const prune = planPrune({ ...facts, desiredKeys, isConsented: facts.isDeletionConsented }, now)
  const layers = syncLayers
    .map(({ name }, index) => ({ name, changes: changes.filter(({ id }) => layerOf(id) === index) }))
    .filter((layer) => layer.changes.length > 0)
  const isInSync =
    changes.every(({ kind }) => kind === 'unchanged') &&
    prune.prunes.length === 0 &&
    prune.forgotten.length === 0 &&
    !facts.isFirstSight &&
    facts.inventory.digest === facts.digest
  return { layers, prune, isInSync }
}

function planObject(facts: SyncFacts, object: KubernetesObject, now: Instant): Change {
  const id = objectId(object)
  const key = objectKey(id)
  const live = facts.live.get(key)
  const record = facts.inventory.entries.get(key)
  const base = { id, object, isKnown: record !== undefined && record.applied !== '' }
  const foreign = live === undefined ? undefined : foreignOwner(facts, key, live)
  if (foreign !== undefined) return { ...base, kind: 'skipped', reason: foreign }
  if (record !== undefined && record.applied === appliedHash(object, facts.digest)) {
    const drift = detectDrift(record, object, live, now)
    if (drift.kind === 'none') return { ...base, kind: 'unchanged', reason: '' }
    const kind = drift.kind === 'deleted' ? 'created' : 'configured'
    return { ...base, kind, reason: driftWords[drift.kind], drift: drift.kind }
  }
  if (live === undefined) return { ...base, kind: 'created', reason: 'is not there yet' }
  return { ...base, kind: 'configured', reason: base.isKnown ? 'the release changes it' : 'is adopted' }
}

const driftWords: Record<Exclude<Drift['kind'], 'none'>, string> = {
  deleted: 'was deleted',
  replaced: 'was made anew by somebody else',
  changed: 'was changed by somebody else',
  verify: 'may have been changed',
}

/** An object belongs to one application: the first owner keeps it while it still wants it. */
function foreignOwner(facts: SyncFacts, key: string, live: KubernetesObject): string | undefined {
  const { labels = {} } = live.metadata
  if (labels[ownerLabel] === undefined || isOwned(live, facts.labels)) return undefined
  const isSameOwner = labels[ownerLabel] === facts.labels[ownerLabel]
  if (isSameOwner && !facts.claimedElsewhere.has(key)) return undefined
  const whose = isSameOwner
    ? `application ${labels[applicationLabel]}`
    : `another repository or environment (${labels[ownerLabel]})`
  return `${formatObjectId(objectId(live))} belongs to ${whose}`
}

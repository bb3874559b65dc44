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
import { hookOf } from './hook-of.ts'
import { appliedHash, type Inventory } from './inventory.ts'
import { isOwnWorkload } from './own-installation.ts'
import { applicationLabel, isOwned, ownerLabel } from './ownership.ts'
import { type HookRun, runAnnotation, runMark } from './hook-run.ts'
import { type HookPlan, type PlannedHook, planHooks } from './plan-hooks.ts'
import { planPrune, type PruneFacts, type PrunePlan } from './plan-prune.ts'
import { scaledKeys } from './prepare-objects.ts'
import { layerOf, syncLayers } from './sync-layers.ts'
import { waveOf } from './wave-of.ts'

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
  /** It was applied in this version before, and not in the present one. */
  versionBefore?: string
  /** An autoscaler of the release decides how many replicas it has. */
  isScaled?: true
  /** What has to happen first, by itself: nothing is written to an object that is being deleted. */
  waits?: string
}

/** Changes that are made side by side. */
export interface SyncLayer {
  /** -Infinity: what everything else stands on. Infinity: the agent itself. */
  wave: number
  name: string
  changes: Change[]
}

export interface SyncPlan {
  /** In the order in which they are applied. */
  layers: SyncLayer[]
  hooks: HookPlan
  prune: PrunePlan
  /** The release was not applied completely before: waves wait for each other. Healing waits for nothing. */
  isRelease: boolean
  /** True: live and inventory are as the release says; nothing is written. */
  isInSync: boolean
}

export interface SyncFacts extends Pick<PruneFacts, 'unserved' | 'wantedElsewhere' | 'isFirstSight'> {
  /** As prepared for applying, hooks among them. */
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
  /** Of the commit that attests the release. */
  sequence?: number
  /** What was there at installation, adopted as it is. */
  isBaseline?: boolean
  /** The inventory was rebuilt, or there has never been one. */
  isInventoryNew?: boolean
  /** The inventory says more than what is stored of it. */
  isToBeRecorded?: boolean
  /** An object of the release is there, though it is not ours. */
  isAnythingThere?: boolean
  /** By which the cluster's clock is ahead of ours, where that is more than a measuring error. */
  clockOffset?: number
  /** By key: objects of the release that are left as they are, with what is to be told of them. */
  left?: ReadonlyMap<string, string>
}

/** What makes a target's live objects equal the release, and nothing more. */
export function planSync(facts: SyncFacts, now: Instant): SyncPlan {
  const { inventory, digest, sequence = 0, isBaseline = false, isInventoryNew = false } = facts
  const ordinary = facts.desired.filter((object) => hookOf(object) === undefined && isSeen(facts, object))
  const scaled = scaledKeys(facts.desired)
  const changes = ordinary.map((object) => planObject(facts, object, scaled, now))
  const isAnythingOurs = changes.some(({ id }) => facts.live.has(objectKey(id)))
  const there = { isAnythingOurs, isAnythingThere: facts.isAnythingThere ?? false }
  const release = { digest, sequence, inventory, isInventoryNew, isBaseline, ...there }
  const hooks = planHooks(facts.desired, release)
  const wanted = new Set(facts.desired.map((object) => objectKey(objectId(object))))
  const pruning = { ...facts, desiredKeys: wanted, isConsented: facts.isDeletionConsented }
  const prune = planPrune(pruning, now + (facts.clockOffset ?? 0))
  const isInSync =
    changes.every(({ kind }) => kind === 'unchanged') &&
    prune.prunes.length === 0 &&
    prune.forgotten.length === 0 &&
    !facts.isFirstSight &&
    !facts.isToBeRecorded &&
    inventory.digest === digest &&
    !hasHooksToRun(hooks, facts)
  return { layers: inLayers(changes), hooks, prune, isRelease: inventory.digest !== digest, isInSync }
}

/** What is left alone, and is not ours, is none of our business: it has no health here either. */
function isSeen({ left, live }: SyncFacts, object: KubernetesObject): boolean {
  const key = objectKey(objectId(object))
  return left?.has(key) !== true || live.has(key)
}

/** By wave, within a wave by layer. The agent ends itself by applying itself: after everything else, whatever its wave. */
function inLayers(changes: readonly Change[]): SyncLayer[] {
  const waveIn = ({ id, object }: Change) => (isOwnWorkload(id) ? Infinity : waveOf(object))
  const groups = Map.groupBy(changes, (change) => `${waveIn(change)} ${layerOf(change.id)}`)
  return [...groups.values()]
    .map((group) => ({ wave: waveIn(group[0]!), layer: layerOf(group[0]!.id), changes: group }))
    .toSorted((a, b) => (a.wave === b.wave ? a.layer - b.layer : a.wave - b.wave))
    .map(({ wave, layer, changes }) => ({ wave, name: syncLayers[layer]?.name ?? '', changes }))
}

/** Some have not succeeded yet, or an object of one is still to be deleted. */
function hasHooksToRun({ run, hooks }: HookPlan, { live }: SyncFacts): boolean {
  if (run === undefined || run.end === 'settled') return false
  return hooks.some((hook) => {
    const record = run.hooks[hook.key]
    if (record?.state === 'failed') return true
    if (record?.state === 'succeeded') return deletesNow(hook, run, live.get(objectKey(hook.id)))
    return hook.moment !== 'failure' && run.end === undefined
  })
}

function deletesNow(hook: PlannedHook, run: HookRun, object: KubernetesObject | undefined): boolean {
  return (
    hook.deletes.has('succeeded') &&
    object?.metadata.annotations?.[runAnnotation] === runMark(run, hook.moment) &&
    object.metadata.deletionTimestamp === undefined
  )
}

function planObject(
  facts: SyncFacts,
  object: KubernetesObject,
  scaled: ReadonlySet<string>,
  now: Instant,
): Change {
  const id = objectId(object)
  const key = objectKey(id)
  const live = facts.live.get(key)
  const record = facts.inventory.entries.get(key)
  const isMoved = record !== undefined && record.id.version !== id.version
  const isKnown = record !== undefined && record.applied !== ''
  const isScaled = scaled.has(key)
  const version = isMoved && { versionBefore: record.id.version }
  const base = { id, object, isKnown, ...version, ...(isScaled && { isScaled }) }
  if (facts.left?.has(key)) return { ...base, kind: 'unchanged', reason: '' }
  const foreign = live === undefined ? undefined : foreignOwner(facts, key, live)
  if (foreign !== undefined) return { ...base, kind: 'skipped', reason: foreign }
  const closing = live === undefined && !record?.isFinished ? closingNamespace(facts, id) : undefined
  if (closing !== undefined) return { ...base, kind: 'created', reason: 'is not there', waits: closing }
  if (record !== undefined && record.applied === appliedHash(object, facts.digest)) {
    const drift = detectDrift(record, object, live, now)
    if (drift.kind === 'none') return { ...base, kind: 'unchanged', reason: '' }
    const kind = drift.kind === 'deleted' ? 'created' : 'configured'
    return { ...base, kind, reason: driftWords[drift.kind], drift: drift.kind }
  }
  if (live === undefined) return { ...base, kind: 'created', reason: 'is not there yet' }
  if (live.metadata.deletionTimestamp !== undefined) return beingDeleted(base, live)
  return { ...base, kind: 'configured', reason: base.isKnown ? 'the release changes it' : 'is adopted' }
}

/** Nothing can be made in a namespace that is being deleted: what still holds that one, where it is of this application. */
function closingNamespace({ live }: SyncFacts, { namespace }: ObjectId): string | undefined {
  const home = live.get(
    objectKey({ group: '', version: 'v1', kind: 'Namespace', namespace: '', name: namespace }),
  )
  return home?.metadata.deletionTimestamp === undefined ? undefined : home.health.reason
}

/** What still holds it is told; finalizers are never taken off. */
function beingDeleted(base: Omit<Change, 'kind' | 'reason'>, live: KubernetesObject): Change {
  const finalizers = (live.metadata['finalizers'] ?? []) as string[]
  const held = finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : ''
  const waits = `${formatObjectId(base.id)} is being deleted${held}`
  return { ...base, kind: 'configured', reason: 'is made anew', waits }
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
  return `OWNERSHIP_CONFLICT: ${formatObjectId(objectId(live))} belongs to ${whose}`
}

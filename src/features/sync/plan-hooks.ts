import { type KubernetesObject, objectId, type ObjectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Sha } from '../../domain/refs.ts'
import { hashOf } from '../drift/fingerprint.ts'
import { type Hook, type HookMoment, hookOf } from './hook-of.ts'
import { type HookRun, runAnnotation, runMark } from './hook-run.ts'
import type { Inventory } from './inventory.ts'
import { layerOf, syncLayers } from './sync-layers.ts'

/** A hook that has its place in this release. */
export interface PlannedHook {
  /** Its record's key. */
  key: string
  id: ObjectId
  /** As it is made, with the mark of its run. */
  object: KubernetesObject
  moment: HookMoment
  weight: number
  deletes: Hook['deletes']
}

export interface HookPlan {
  /** To be recorded before anything of it is made. Undefined: the release has no hooks. */
  run?: HookRun
  /** In the order in which they run. */
  hooks: PlannedHook[]
}

interface HookFacts {
  digest: Sha
  /** Of the commit that attests the release. */
  sequence: number
  inventory: Inventory
  /** Nothing is stored: it was rebuilt, or there has never been one. */
  isInventoryNew: boolean
  isBaseline: boolean
  /** An ordinary object of the release is live, and ours. */
  isAnythingOurs: boolean
  /** One is there that we did not make. */
  isAnythingThere: boolean
}

/** A hook's object is kept at least so long, so that a restart finds how it ended. */
const shortestTtlSeconds = 3600

/**
 * Which hooks run for a release, and under which run. A release that was applied completely starts none: healing never
 * runs a hook. Nor does taking over what runs already, be it a baseline or the objects of a lost inventory.
 */
export function planHooks(objects: readonly KubernetesObject[], facts: HookFacts): HookPlan {
  const found = objects.flatMap((object) => {
    const hook = hookOf(object)
    return hook === undefined ? [] : [{ object, hook }]
  })
  if (!found.some(({ hook }) => hook.runs.length > 0)) return { hooks: [] }
  const run = currentRun(facts)
  const hooks = found.flatMap(({ object, hook }) =>
    hook.runs
      .filter(({ on }) => on === undefined || on === run.occasion)
      .map(({ moment }) => planHook(object, hook, moment, run)),
  )
  return { run, hooks: hooks.toSorted(byOrder) }
}

function currentRun(facts: HookFacts): HookRun {
  const { digest, inventory } = facts
  if (inventory.run?.digest === digest) return inventory.run
  const { isBaseline, isInventoryNew, isAnythingOurs, isAnythingThere } = facts
  const isTakenOver = isBaseline && (isAnythingOurs || isAnythingThere)
  const isFoundAgain = isInventoryNew && isAnythingOurs
  const isSettled = isTakenOver || isFoundAgain || inventory.digest === digest
  const isFirst = inventory.digest === '' && !isAnythingThere && !isSettled
  return {
    digest,
    id: hashOf([digest, facts.sequence]),
    occasion: isFirst ? 'install' : 'upgrade',
    hooks: {},
    ...(isSettled && { end: 'settled' }),
  }
}

function planHook(object: KubernetesObject, hook: Hook, moment: HookMoment, run: HookRun): PlannedHook {
  const id = objectId(object)
  const { metadata } = object
  const annotations = { ...metadata.annotations, [runAnnotation]: runMark(run, moment) }
  return {
    key: `${moment} ${objectKey(id)}`,
    id,
    object: withLongerTtl({ ...object, metadata: { ...metadata, annotations } }),
    moment,
    weight: hook.weight,
    deletes: hook.deletes,
  }
}

function withLongerTtl(object: KubernetesObject): KubernetesObject {
  const spec = object['spec'] as { ttlSecondsAfterFinished?: unknown } | undefined
  const ttl = spec?.ttlSecondsAfterFinished
  if (object.kind !== 'Job' || typeof ttl !== 'number' || ttl >= shortestTtlSeconds) return object
  return { ...object, spec: { ...spec, ttlSecondsAfterFinished: shortestTtlSeconds } }
}

/** By weight, then what others stand on first, then by name. */
function byOrder(a: PlannedHook, b: PlannedHook): number {
  if (a.weight !== b.weight) return a.weight - b.weight
  const layers = layerOf(a.id) - layerOf(b.id)
  if (layers !== 0) return layers
  return a.key < b.key ? -1 : 1
}

/** Hooks of one moment in groups: a group begins when the one before has ended. */
export function hookGroups(hooks: readonly PlannedHook[], moment: HookMoment): PlannedHook[][] {
  const own = hooks.filter((hook) => hook.moment === moment)
  const groups = Map.groupBy(own, ({ weight, id }) => `${weight}/${layerOf(id)}`)
  return [...groups.values()]
}

/** For people: `before`, with the layer where it is not the workloads. */
export function hookWords({ id, moment }: PlannedHook): string {
  const layer = syncLayers[layerOf(id)]?.name
  return `${moment} hook${layer === 'workloads' ? '' : ` (${layer})`}`
}

import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Target } from '../../domain/refs.ts'
import { generatedStem } from './generated-name.ts'
import { currentGroup } from './kubernetes-shapes.ts'
import { findSimilar } from './similar-objects.ts'

/** One object as it stands on both sides; absent where it is on one side only. */
export interface ObjectPair {
  before?: KubernetesObject
  after?: KubernetesObject
  isRenamed: boolean
  /** `before` was rendered by another target of the same cluster. */
  movedFrom?: Target
  /** `before` is rendered by another target of the same cluster now. */
  movedTo?: Target
}

/**
 * Pairs the objects of two renderings of one target: by identity, then by generated name, then by likeness within a kind.
 * Two objects of one identity cannot both be applied; the later one stands, as in a stream that is applied in order.
 */
export function matchObjects(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): ObjectPair[] {
  const old = byIdentity(before)
  const young = byIdentity(after)
  const kept = [...young]
    .filter(([key]) => old.has(key))
    .map(([key, object]): ObjectPair => ({ before: old.get(key), after: object, isRenamed: false }))
  const gone = [...old].filter(([key]) => !young.has(key)).map(([, object]) => object)
  const come = [...young].filter(([key]) => !old.has(key)).map(([, object]) => object)
  return [...kept, ...pairRest(gone, come)]
}

/** Group, kind, namespace and name; a kind that moved to another group is still the same one. */
export function identityOf(object: KubernetesObject): string {
  const id = objectId(object)
  return objectKey({ ...id, group: currentGroup(id.group, id.kind) })
}

function byIdentity(objects: readonly KubernetesObject[]): Map<string, KubernetesObject> {
  return new Map(objects.map((object) => [identityOf(object), object]))
}

function pairRest(gone: KubernetesObject[], come: KubernetesObject[]): ObjectPair[] {
  const regenerated = pairGenerated(gone, come)
  const takenBefore = new Set(regenerated.map((pair) => pair.before))
  const takenAfter = new Set(regenerated.map((pair) => pair.after))
  const similar = findSimilar(
    gone.filter((object) => !takenBefore.has(object)),
    come.filter((object) => !takenAfter.has(object)),
  )
  for (const [before, after] of similar) {
    takenBefore.add(before)
    takenAfter.add(after)
  }
  return [
    ...regenerated,
    ...similar.map(([before, after]) => ({ before, after, isRenamed: true })),
    ...gone.filter((object) => !takenBefore.has(object)).map((before) => ({ before, isRenamed: false })),
    ...come.filter((object) => !takenAfter.has(object)).map((after) => ({ after, isRenamed: false })),
  ]
}

/** Pairs names that differ in their generated suffix only, where there is one such name on each side. */
function pairGenerated(gone: readonly KubernetesObject[], come: readonly KubernetesObject[]): ObjectPair[] {
  const old = Map.groupBy(gone, stemKey)
  const young = Map.groupBy(come, stemKey)
  return [...old].flatMap(([key, objects]) => {
    const others = young.get(key) ?? []
    const isCertain = key !== undefined && objects.length === 1 && others.length === 1
    return isCertain ? [{ before: objects[0], after: others[0], isRenamed: true }] : []
  })
}

function stemKey(object: KubernetesObject): string | undefined {
  const stem = generatedStem(object.metadata.name)
  return stem === undefined ? undefined : objectKey({ ...objectId(object), name: stem })
}

import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Target } from '../../domain/refs.ts'
import { isEqual } from './fields.ts'
import { identityOf, type ObjectPair } from './match-objects.ts'

/** The pairs of one target, and the objects that it renders now. */
export interface TargetObjects {
  target: Target
  pairs: ObjectPair[]
  after: readonly KubernetesObject[]
}

/**
 * Finds objects that one target gives away and another of the same cluster renders now: the cluster keeps them. Their pair on
 * the receiving side gets its other half. An object without a namespace must be equal besides, since its name says little.
 */
export function findMoved(targets: readonly TargetObjects[]): TargetObjects[] {
  const renderers = Map.groupBy(
    targets.flatMap(({ target, after }) => after.map((object) => ({ target, object }))),
    ({ target, object }) => placeOf(target, object),
  )
  const moves = new Map<KubernetesObject, { from: Target; before: KubernetesObject }>()
  const given = targets.map((each) => ({
    ...each,
    pairs: each.pairs.map((pair) => {
      if (pair.after || !pair.before) return pair
      const { before } = pair
      const receiver = renderers
        .get(placeOf(each.target, before))
        ?.find(({ object }) => isSame(before, object))
      if (!receiver) return pair
      moves.set(receiver.object, { from: each.target, before })
      return { ...pair, movedTo: receiver.target }
    }),
  }))
  return given.map((each) => ({ ...each, pairs: each.pairs.map((pair) => receive(pair, moves)) }))
}

function receive(
  pair: ObjectPair,
  moves: ReadonlyMap<KubernetesObject, { from: Target; before: KubernetesObject }>,
): ObjectPair {
  const move = pair.after && !pair.before ? moves.get(pair.after) : undefined
  return move ? { ...pair, before: move.before, movedFrom: move.from } : pair
}

function placeOf(target: Target, object: KubernetesObject): string {
  return `${target.cluster}\0${identityOf(object)}`
}

function isSame(before: KubernetesObject, after: KubernetesObject): boolean {
  return before.metadata.namespace !== undefined || isEqual(before, after)
}

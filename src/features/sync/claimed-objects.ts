import type { Finding } from '../../domain/finding.ts'
import type { HeldObject } from '../../domain/held-object.ts'
import { formatObjectId, type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { type Target, targetKey } from '../../domain/refs.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { fileNameOf } from '../rendering/canonical.ts'

/** The names under which the rendered refs keep the objects of these targets. */
export function fileNamesOf(targets: readonly RenderedTarget[]): Set<string> {
  return new Set(targets.flatMap(({ objects }) => objects.map(fileNameOf)))
}

type Change = Readonly<Record<'before' | 'after', readonly RenderedTarget[]>>

/** Of what targets have: what the change delivers, too, to the same cluster, by a target that it touches. */
export function heldByOthers({ before, after }: Change, held: readonly HeldObject[]): HeldObject[] {
  const touched = new Set([...before, ...after].map(({ target }) => targetKey(target)))
  const delivered = new Set(
    after.flatMap(({ target, objects }) =>
      objects.map((object) => `${target.cluster}/${fileNameOf(object)}`),
    ),
  )
  return held.filter(
    ({ target, file }) => !touched.has(targetKey(target)) && delivered.has(`${target.cluster}/${file}`),
  )
}

/**
 * One object on one cluster belongs to one application: the second one would be refused when it is applied. Told of two
 * that the change delivers, and of one that an application has already which the change does not touch (`held`).
 */
export function claimedObjects(
  { before, after }: Change,
  held: readonly HeldObject[],
  pathOf: (source: string) => string,
): Finding[] {
  const holders = new Map(held.map(({ target, file }) => [`${target.cluster}/${file}`, target]))
  const first = firstOwners(after)
  const earlier = new Set(before.flatMap((one) => one.objects.map((object) => claimOf(one.target, object))))
  return after.flatMap((rendered) =>
    rendered.objects.flatMap((object) => {
      const { target, source } = rendered
      const other = first.get(placeOf(target, object))
      const isOther = other !== undefined && targetKey(other) !== targetKey(target)
      const owner = isOther ? other : holders.get(`${target.cluster}/${fileNameOf(object)}`)
      if (owner === undefined) return []
      const wasOwner = !isOther || earlier.has(claimOf(owner, object))
      const isOld = wasOwner && earlier.has(claimOf(target, object))
      return [{ ...toFinding(target, object, owner), path: pathOf(source), isOld }]
    }),
  )
}

/** Of each object of a cluster the first target that delivers it. */
function firstOwners(targets: readonly RenderedTarget[]): Map<string, Target> {
  const owners = new Map<string, Target>()
  for (const { target, objects } of targets)
    for (const object of objects) {
      const place = placeOf(target, object)
      if (!owners.has(place)) owners.set(place, target)
    }
  return owners
}

function placeOf({ cluster }: Target, object: KubernetesObject): string {
  return `${cluster}/${objectKey(objectId(object))}`
}

function claimOf(target: Target, object: KubernetesObject): string {
  return `${targetKey(target)} ${objectKey(objectId(object))}`
}

function toFinding(target: Target, object: KubernetesObject, owner: Target) {
  const { application, environment, cluster } = owner
  return {
    policy: 'object-claimed-twice',
    severity: 'error' as const,
    target,
    object: objectId(object),
    message: `${formatObjectId(objectId(object))} is also delivered by ${application} in ${environment}, to the same cluster ${cluster}`,
    fix: 'let one application deliver it, or give one of the two another name or namespace',
    line: 1,
  }
}

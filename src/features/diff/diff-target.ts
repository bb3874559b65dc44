import { type KubernetesObject, objectKey } from '../../domain/kubernetes-object.ts'
import type { Danger, ObjectDiff, ResourceSum, TargetDiff } from '../../domain/object-diff.ts'
import type { Target } from '../../domain/refs.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { diffObject } from './diff-object.ts'
import type { Renames } from './fold-noise.ts'
import { generatedStem } from './generated-name.ts'
import type { MaskOptions } from './mask-secrets.ts'
import { identityOf, type ObjectPair } from './match-objects.ts'
import { type Neighbours, neighboursAmong } from './neighbours.ts'
import type { TargetPair } from './match-targets.ts'
import { sumRequests } from './pod-requests.ts'
import { findStaleReaders, startupReaders } from './stale-configuration.ts'

/** What changes in one target; nothing where every object is equal. */
export function diffTarget(
  { before, after }: TargetPair,
  pairs: readonly ObjectPair[],
  continuedIn: readonly Target[],
  options: MaskOptions,
): TargetDiff[] {
  const some = after ?? before
  if (!some) return []
  const { application, environment } = some.target
  const neighbours = neighboursAmong(after?.objects ?? [])
  const formerNeighbours = neighboursAmong(before?.objects ?? [])
  const context = {
    renames: generatedRenames(pairs),
    neighbours,
    formerNeighbours,
    mask: { ...options, scope: [application, environment].join('\0') },
  }
  const objects = pairs.flatMap((pair) => diffObject(pair, context)).toSorted(byIdentity)
  const from = formerTarget(before, after)
  if (objects.length === 0 && !from) return []
  return [
    {
      target: some.target,
      source: some.source,
      ...(from && { from }),
      ...(continuedIn.length > 0 && { continuedIn: [...continuedIn] }),
      objects: noteStaleReaders(objects, pairs, after?.objects ?? []),
      ...requestsOf(formerNeighbours, neighbours),
    },
  ]
}

function byIdentity(left: ObjectDiff, right: ObjectDiff): number {
  const [first, second] = [objectKey(left), objectKey(right)]
  return first < second ? -1 : first > second ? 1 : 0
}

function formerTarget(
  before: RenderedTarget | undefined,
  after: RenderedTarget | undefined,
): TargetDiff['from'] {
  if (!before || !after) return undefined
  const isSame = before.target.application === after.target.application && before.source === after.source
  return isSame ? undefined : { target: before.target, source: before.source }
}

/** Names that a generator gave anew: references to them are noise too. */
function generatedRenames(pairs: readonly ObjectPair[]): Renames {
  const names = pairs.flatMap(({ before, after, isRenamed }) =>
    isRenamed && before && after ? [[before.metadata.name, after.metadata.name] as const] : [],
  )
  return new Map(
    names.filter(
      ([old, young]) => generatedStem(old) !== undefined && generatedStem(old) === generatedStem(young),
    ),
  )
}

/** Says of changed configuration which pods go on with the old one. */
function noteStaleReaders(
  objects: readonly ObjectDiff[],
  pairs: readonly ObjectPair[],
  after: readonly KubernetesObject[],
): ObjectDiff[] {
  const restarted = new Set(objects.filter(({ restart }) => restart).map(objectKey))
  const readersOf = startupReaders(after)
  const byKey = new Map(pairs.flatMap(({ after: object }) => (object ? [[identityOf(object), object]] : [])))
  return objects.map((diff) => {
    const object = diff.change === 'changed' ? byKey.get(objectKey(diff)) : undefined
    const notes: Danger[] = object ? findStaleReaders(diff, readersOf(object), restarted) : []
    return notes.length > 0 ? { ...diff, dangers: [...diff.dangers, ...notes] } : diff
  })
}

function requestsOf(former: Neighbours, now: Neighbours): Pick<TargetDiff, 'requests'> {
  const requests = { before: sumRequests(former.objects, former), after: sumRequests(now.objects, now) }
  return isSameSum(requests.before, requests.after) ? {} : { requests }
}

function isSameSum(left: ResourceSum, right: ResourceSum): boolean {
  return left.cpuMillicores === right.cpuMillicores && left.memoryBytes === right.memoryBytes
}

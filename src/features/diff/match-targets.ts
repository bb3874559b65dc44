import { type Target, targetKey } from '../../domain/refs.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { identityOf } from './match-objects.ts'

/** One target as it stands on both sides; absent where it is on one side only. */
export interface TargetPair {
  before?: RenderedTarget
  after?: RenderedTarget
}

/** Share of equal objects, of all that two targets have, from which they are one whose application was renamed. */
const threshold = 0.6

/**
 * Pairs the targets of two renderings: by name and source, then by source (an application is called differently when another
 * of its name appears), then by name (a folder was moved), then by what they render (application and folder were renamed).
 * Never across clusters: there the objects really come and go. Sorted by name.
 */
export function matchTargets(
  before: readonly RenderedTarget[],
  after: readonly RenderedTarget[],
): TargetPair[] {
  const pairs: TargetPair[] = []
  let [gone, come] = [[...before], [...after]]
  for (const keyOf of [nameAndSource, sourceKey, ({ target }: RenderedTarget) => targetKey(target)]) {
    const old = Map.groupBy(gone, keyOf)
    take(
      come.flatMap((target) => {
        const match = old.get(keyOf(target))?.shift()
        return match ? [[match, target] as const] : []
      }),
    )
  }
  take(pairByContent(gone, come))
  const rest = [...gone.map((target) => ({ before: target })), ...come.map((target) => ({ after: target }))]
  return [...pairs, ...rest].toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))

  function take(found: readonly (readonly [RenderedTarget, RenderedTarget])[]): void {
    const paired = new Set(found.flat())
    pairs.push(...found.map(([old, young]) => ({ before: old, after: young })))
    gone = gone.filter((target) => !paired.has(target))
    come = come.filter((target) => !paired.has(target))
  }
}

/**
 * Targets of the head, new to it, that render the folder of a target of the base, or most of what that one rendered: it is
 * delivered to another cluster or environment now, or its folder became a base of theirs. Names may have got a prefix or a
 * suffix on the way.
 */
export function findContinuations(gone: RenderedTarget, come: readonly RenderedTarget[]): Target[] {
  const names = gone.objects.map(({ kind, metadata }) => ({ kind, name: metadata.name }))
  return come
    .filter(({ source, objects }) => {
      if (source === gone.source) return true
      const kinds = Map.groupBy(objects, ({ kind }) => kind)
      const isKept = ({ kind, name }: { kind: string; name: string }) =>
        kinds
          .get(kind)
          ?.some(({ metadata }) => metadata.name.startsWith(name) || metadata.name.endsWith(name))
      return names.length > 0 && names.filter(isKept).length >= threshold * names.length
    })
    .map(({ target }) => target)
}

function pairByContent(gone: readonly RenderedTarget[], come: readonly RenderedTarget[]) {
  const candidates = Map.groupBy(come.map(describe), placeOf)
  const scored = gone.map(describe).flatMap((old) =>
    (candidates.get(placeOf(old)) ?? []).flatMap((young) => {
      const score = likeness(old.keys, young.keys)
      return score >= threshold ? [{ old: old.target, young: young.target, score }] : []
    }),
  )
  const taken = new Set<RenderedTarget>()
  return scored
    .toSorted((left, right) => right.score - left.score)
    .flatMap(({ old, young }) => {
      if (taken.has(old) || taken.has(young)) return []
      taken.add(old).add(young)
      return [[old, young] as const]
    })
}

interface Described {
  target: RenderedTarget
  keys: Set<string>
}

function describe(target: RenderedTarget): Described {
  return { target, keys: new Set(target.objects.map(identityOf)) }
}

function placeOf({ target: { target } }: Described): string {
  return `${target.environment}\0${target.cluster}`
}

/** Jaccard's index of two sets. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const all = left.union(right).size
  return all === 0 ? 0 : left.intersection(right).size / all
}

function nameAndSource({ target, source }: RenderedTarget): string {
  return `${targetKey(target)}\0${source}`
}

function sourceKey({ target, source }: RenderedTarget): string {
  return [target.environment, target.cluster, source].join('\0')
}

function nameOf({ before, after }: TargetPair): string {
  const some = after ?? before
  return some ? nameAndSource(some) : ''
}

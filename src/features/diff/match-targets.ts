import { targetKey } from '../../domain/refs.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'

/** One target as it stands on both sides; absent where it is on one side only. */
export interface TargetPair {
  before?: RenderedTarget
  after?: RenderedTarget
}

/**
 * Pairs the targets of two renderings: by name and source, then by source (an application is called differently when another
 * of its name appears), then by name (a folder was moved). Sorted by name.
 */
export function matchTargets(
  before: readonly RenderedTarget[],
  after: readonly RenderedTarget[],
): TargetPair[] {
  const pairs: TargetPair[] = []
  let [gone, come] = [[...before], [...after]]
  for (const keyOf of [nameAndSource, sourceKey, ({ target }: RenderedTarget) => targetKey(target)]) {
    const old = Map.groupBy(gone, keyOf)
    const paired = new Set<RenderedTarget>()
    for (const target of come) {
      const match = old.get(keyOf(target))?.shift()
      if (!match) continue
      pairs.push({ before: match, after: target })
      paired.add(match).add(target)
    }
    gone = gone.filter((target) => !paired.has(target))
    come = come.filter((target) => !paired.has(target))
  }
  const rest = [...gone.map((target) => ({ before: target })), ...come.map((target) => ({ after: target }))]
  return [...pairs, ...rest].toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
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

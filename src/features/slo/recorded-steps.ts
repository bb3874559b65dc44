import type { Instant } from '../../domain/refs.ts'
import { type Counts, type CountsAt, sumOf } from './counts.ts'

/** Events within one step of the past, by version. */
export interface RecordedStep {
  /** The step's beginning. */
  at: Instant
  /** By the version label; all under '' where the SLO has none. */
  versions: ReadonlyMap<string, Counts>
}

/** The steps without regard to versions. */
export function ofAllVersions(steps: readonly RecordedStep[]): CountsAt[] {
  return steps.map(({ at, versions }) => ({ at, counts: sumOf([...versions.values()]) }))
}

/** Events between two times; of a step that is only partly within, its part. Undefined: nothing was recorded then. */
export function countRecorded(
  steps: readonly RecordedStep[],
  stepMs: number,
  from: Instant,
  to: Instant,
): ReadonlyMap<string, Counts> | undefined {
  const sums = new Map<string, Counts>()
  let isKnown = false
  for (let index = firstEndingAfter(steps, stepMs, from); index < steps.length; index += 1) {
    const step = steps[index]
    if (!step || step.at >= to) break
    isKnown = true
    const share = (Math.min(step.at + stepMs, to) - Math.max(step.at, from)) / stepMs
    for (const [version, { bad, total }] of step.versions) {
      const before = sums.get(version) ?? { bad: 0, total: 0 }
      sums.set(version, sumOf([before, { bad: bad * share, total: total * share }]))
    }
  }
  return isKnown ? sums : undefined
}

function firstEndingAfter(steps: readonly RecordedStep[], stepMs: number, from: Instant): number {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle]?.at ?? from) + stepMs > from) high = middle
    else low = middle + 1
  }
  return low
}

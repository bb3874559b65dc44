import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Attestation } from '../../domain/release.ts'
import type { MaskOptions } from '../diff/mask-secrets.ts'
import { comparePlaces, type Difference, isSamePlace, marksOf } from './compare-places.ts'
import type { SinceLastSame } from './since-last-same.ts'

/** A release, and what it rendered to. */
export interface ReleasedObjects {
  attestation: Attestation
  objects: readonly KubernetesObject[]
}

export interface DivergenceFacts {
  /** Newest first; the last of each is what ran when both were last the same. */
  since: SinceLastSame<ReleasedObjects>
  /** The target as the branch has it now, whether it is released or not. */
  merged: readonly KubernetesObject[]
  /** The target with what is promoted. */
  promoted: readonly KubernetesObject[]
}

/** A release that changed a field, and the one before it. */
export interface Culprit {
  attestation: Attestation
  before: Attestation
}

export interface Divergence {
  difference: Difference
  by: Culprit[]
}

/** What a promotion leaves different, and what it takes back of what people changed in the target. */
export interface Divergences {
  /** `before`: as the source has it; `after`: as the target will. */
  stays: Divergence[]
  /** `before`: as the target has it; `after`: as it will. */
  overwritten: Divergence[]
}

/** Of so many fields it is looked who changed them: more than people are shown. */
const mostTraced = 500

/**
 * How two environments differ beyond a promotion. What already differed in the same way when they were last the same is how
 * they are meant to be: replicas, hosts, resources.
 *
 * | then              | after the promotion      | said                                       |
 * | the same          | differs                  | yes                                        |
 * | differed          | differs in the same way  | no                                         |
 * | differed          | differs in another way   | yes                                        |
 * | anything          | the same                 | where the target was changed by people     |
 */
export function findDivergence({ since, merged, promoted }: DivergenceFacts, mask: MaskOptions): Divergences {
  const [source, target] = [since.source[0], since.target[0]]
  const [sourceThen, targetThen] = [since.source.at(-1), since.target.at(-1)]
  if (!source || !target || !sourceThen || !targetThen) return { stays: [], overwritten: [] }
  const then = new Set(comparePlaces(placeOf(sourceThen), placeOf(targetThen), mask).flatMap(marksOf))
  const now = comparePlaces(placeOf(source), placeOf({ ...target, objects: promoted }), mask)
  const moved = comparePlaces(
    placeOf({ ...target, objects: merged }),
    placeOf({ ...target, objects: promoted }),
    mask,
  )
  const [bySource, byTarget] = [changesOf(since.source, mask), changesOf(since.target, mask)]
  return {
    stays: now
      .filter((difference) => !marksOf(difference).some((mark) => then.has(mark)))
      .map((difference, index) => ({
        difference,
        by: index < mostTraced ? [bySource, byTarget].flatMap((all) => lastChange(all, difference)) : [],
      })),
    overwritten: moved
      .slice(0, mostTraced)
      .map((difference) => ({ difference, by: lastChange(byTarget, difference) }))
      .filter(({ by }) => by.some(({ attestation }) => attestation.kind !== 'promotion')),
  }
}

function placeOf({ attestation: { target }, objects }: ReleasedObjects) {
  return { application: target.application, environment: target.environment, objects }
}

type Change = Culprit & { differences: Difference[] }

/** What each release of a history changed, newest first. */
function changesOf(history: readonly ReleasedObjects[], mask: MaskOptions): Change[] {
  return history.flatMap((step, index) => {
    const before = history[index + 1]
    if (!before) return []
    const differences = comparePlaces(placeOf(before), placeOf(step), mask)
    return [{ attestation: step.attestation, before: before.attestation, differences }]
  })
}

function lastChange(changes: readonly Change[], difference: Difference): Culprit[] {
  const found = changes.find(({ differences }) =>
    differences.some((change) => isSamePlace(change, difference)),
  )
  return found ? [{ attestation: found.attestation, before: found.before }] : []
}

import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { DiffKind, ObjectDiff } from '../../domain/object-diff.ts'
import { toCanonicalYaml } from '../rendering/canonical.ts'
import { findDangers } from './dangers.ts'
import { cutFields, diffFields } from './diff-fields.ts'
import { diffLines, wholeText } from './diff-lines.ts'
import { isEqual } from './fields.ts'
import { foldMeaning, foldNoise, type Renames } from './fold-noise.ts'
import { shapeOf } from './kubernetes-shapes.ts'
import { type MaskOptions, maskSecrets } from './mask-secrets.ts'
import { identityOf, type ObjectPair } from './match-objects.ts'
import type { Neighbours } from './neighbours.ts'
import { findRestart } from './pods-restart.ts'

export interface DiffContext {
  renames: Renames
  /** All that the target renders, now and before. */
  neighbours: Neighbours
  formerNeighbours: Neighbours
  mask: MaskOptions
}

/** What changes in one object; nothing where both sides are equal. */
export function diffObject(pair: ObjectPair, context: DiffContext): ObjectDiff[] {
  const some = pair.after ?? pair.before
  if (!some || (!pair.movedFrom && isEqual(pair.before, pair.after))) return []
  // One scope for both sides, so that equal values stay equal when the object is renamed.
  const mask = { ...context.mask, scope: `${context.mask.scope ?? ''}\0${identityOf(some)}` }
  const before = pair.before && maskSecrets(pair.before, mask)
  const after = pair.after && maskSecrets(pair.after, mask)
  if (before && after) return [compareSides(pair, before, after, context)]
  const whole = after ?? before
  return whole ? [showWhole(pair, whole, context)] : []
}

/** An object that came or went. */
function showWhole(pair: ObjectPair, object: KubernetesObject, context: DiffContext): ObjectDiff {
  const change = pair.after ? 'added' : 'removed'
  const sides = pair.after ? { after: object } : { before: object }
  return {
    ...objectId(object),
    change,
    ...(pair.movedTo && { movedTo: pair.movedTo }),
    dangers: pair.movedTo ? [] : findDangers({ change, ...sides, ...neighboursOf(context) }),
    fields: [],
    hunks: pair.movedTo ? [] : wholeText(toCanonicalYaml(object), pair.after ? '+' : '-'),
    foldedLines: 0,
  }
}

function compareSides(
  pair: ObjectPair,
  before: KubernetesObject,
  after: KubernetesObject,
  context: DiffContext,
): ObjectDiff {
  const shape = shapeOf(after)
  const meant = foldMeaning(before, after, shape)
  const folded = foldNoise(meant.before, after, shape, context.renames)
  const { fields, isCut } = cutFields(diffFields(folded.before, after, shape))
  const hunks = diffLines(toCanonicalYaml(folded.before), toCanonicalYaml(after))
  const change = kindOfChange(pair)
  const restart = change === 'changed' ? findRestart(meant.before, after, context.neighbours) : undefined
  const lines = meant.lines + folded.lines
  return {
    ...objectId(after),
    change,
    ...fromOf(pair, before, after),
    ...(pair.movedFrom && { movedFrom: pair.movedFrom }),
    dangers: findDangers({ change, before: meant.before, after, restart, ...neighboursOf(context) }),
    fields,
    ...(isCut && { isCut }),
    hunks,
    // What is equal as shown differs in truth: it is counted, so that no change is silent.
    foldedLines: hunks.length === 0 && !pair.movedFrom ? Math.max(lines, 1) : lines,
    ...(restart && { restart }),
  }
}

function kindOfChange({ movedFrom, isRenamed }: ObjectPair): DiffKind {
  if (movedFrom) return 'added'
  return isRenamed ? 'renamed' : 'changed'
}

/** The former identity, where it is another: a version alone is a change of a field. */
function fromOf(
  { isRenamed }: ObjectPair,
  before: KubernetesObject,
  after: KubernetesObject,
): Pick<ObjectDiff, 'from'> {
  const from = objectId(before)
  return isRenamed || from.group !== objectId(after).group ? { from } : {}
}

function neighboursOf({ neighbours, formerNeighbours }: DiffContext) {
  return { neighbours, formerNeighbours }
}

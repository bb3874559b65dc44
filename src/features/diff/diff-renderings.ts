import { formatObjectId, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { DiffKind, ObjectDiff, RepositoryDiff, TargetDiff } from '../../domain/object-diff.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderedTarget, Rendering } from '../../domain/rendered-target.ts'
import { toCanonicalYaml } from '../rendering/canonical.ts'
import { findDangers } from './dangers.ts'
import { diffFields } from './diff-fields.ts'
import { diffLines, wholeText } from './diff-lines.ts'
import { foldNoise, type Renames } from './fold-noise.ts'
import { generatedStem } from './generated-name.ts'
import { isEqual } from './list-items.ts'
import { type MaskOptions, maskSecrets } from './mask-secrets.ts'
import { matchObjects, type ObjectPair } from './match-objects.ts'
import { matchTargets } from './match-targets.ts'

/**
 * What changes where, object by object. Secrets are masked before anything is compared for showing, so no value can reach a
 * hunk, a field or a sentence. A target that one side could not render is a problem there, not a removal.
 */
export function diffRenderings(base: Rendering, head: Rendering, options: MaskOptions): RepositoryDiff {
  const targets = matchTargets(base.targets, head.targets).flatMap(({ before, after }) => {
    if (before?.digest !== undefined && before.digest === after?.digest) return []
    if (!after && before && isUnrendered(base, head, before)) return []
    return diffTarget(before, after, options)
  })
  return {
    base: base.revision,
    head: head.revision,
    targets,
    problems: [...head.problems, ...unrenderedBefore(base, head)],
  }
}

/** Sources that the head mends: everything of them shows as added, because there is nothing to compare with. */
function unrenderedBefore(base: Rendering, head: Rendering): Problem[] {
  const rendered = new Set(base.targets.map(({ source }) => source))
  const mended = head.targets.filter(({ source }) => !rendered.has(source))
  return [...new Set(mended.map(({ source }) => source))].flatMap((source) => {
    const [cause] = base.problems.filter(({ path }) => isWithin(path, source))
    if (!cause) return []
    const message = `the base does not render here (${cause.message}), so all of it shows as added`
    return [
      {
        code: 'BASE_UNRENDERED',
        path: source,
        line: 0,
        message,
        fix: 'nothing needs to be done: this change mends it',
      },
    ]
  })
}

/**
 * Whether a target is missing in the head because something new is wrong there: with its source, or with a file that belongs to
 * no source that rendered, such as a base it may share. On doubt nothing is called removed; the problem is shown instead.
 */
function isUnrendered(base: Rendering, head: Rendering, { source }: RenderedTarget): boolean {
  const known = new Set(base.problems.map(problemKey))
  const others = new Set(head.targets.map((target) => target.source))
  return head.problems
    .filter((problem) => !known.has(problemKey(problem)))
    .some(({ path }) => isWithin(path, source) || ![...others].some((other) => isWithin(path, other)))
}

function isWithin(path: string, source: string): boolean {
  return source === '.' || path === source || path.startsWith(`${source}/`)
}

function problemKey({ code, path, message }: Problem): string {
  return JSON.stringify([code, path, message])
}

function diffTarget(
  before: RenderedTarget | undefined,
  after: RenderedTarget | undefined,
  options: MaskOptions,
): TargetDiff[] {
  const some = after ?? before
  if (!some) return []
  const pairs = matchObjects(before?.objects ?? [], after?.objects ?? [])
  const renames = generatedRenames(pairs)
  const objects = pairs.flatMap((pair) => diffPair(pair, renames, options)).toSorted(byIdentity)
  return objects.length > 0 ? [{ target: some.target, source: some.source, objects }] : []
}

function byIdentity(left: ObjectDiff, right: ObjectDiff): number {
  const [first, second] = [objectKey(left), objectKey(right)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** Names that a generator gave anew: references to them are noise too. */
function generatedRenames(pairs: readonly ObjectPair[]): Renames {
  const renamed = pairs.flatMap(({ before, after, isRenamed }) =>
    isRenamed && before && after ? [[before, after]] : [],
  )
  const names = renamed.map(
    ([before, after]) => [before?.metadata.name ?? '', after?.metadata.name ?? ''] as const,
  )
  return new Map(
    names.filter(
      ([old, young]) => generatedStem(old) !== undefined && generatedStem(old) === generatedStem(young),
    ),
  )
}

function diffPair(pair: ObjectPair, renames: Renames, options: MaskOptions): ObjectDiff[] {
  if (isEqual(pair.before, pair.after)) return []
  const before = pair.before && maskSecrets(pair.before, options)
  const after = pair.after && maskSecrets(pair.after, options)
  const change: DiffKind = !before ? 'added' : !after ? 'removed' : pair.isRenamed ? 'renamed' : 'changed'
  const dangers = findDangers({ change, before, after })
  const some = after ?? before
  if (!some) return []
  const identity = { ...objectId(some), change, dangers }
  if (!before || !after) {
    const hunks = wholeText(toCanonicalYaml(some), after ? '+' : '-')
    return [{ ...identity, fields: [], hunks, foldedLines: 0 }]
  }
  const folded = foldNoise(before, after, renames)
  const hunks = diffLines(toCanonicalYaml(folded.before), toCanonicalYaml(after))
  return [
    {
      ...identity,
      ...(pair.isRenamed ? { from: objectId(before) } : {}),
      fields: diffFields(folded.before, after),
      hunks,
      // What is equal as shown differs in truth: it is counted, so that no change is silent.
      foldedLines: hunks.length === 0 ? Math.max(folded.lines, 1) : folded.lines,
    },
  ]
}

/** `Deployment shop/checkout`, or `ConfigMap shop/app-9mf2c4hb6t (was app-7f9c2k5t8d)`. */
export function describeObject(diff: ObjectDiff): string {
  return diff.from ? `${formatObjectId(diff)} (was ${diff.from.name})` : formatObjectId(diff)
}

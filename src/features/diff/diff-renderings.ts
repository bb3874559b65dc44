import type { RepositoryDiff, TargetDiff } from '../../domain/object-diff.ts'
import type { Problem } from '../../domain/problem.ts'
import { targetKey } from '../../domain/refs.ts'
import type { RenderedTarget, Rendering } from '../../domain/rendered-target.ts'
import { diffTarget } from './diff-target.ts'
import type { MaskOptions } from './mask-secrets.ts'
import { matchObjects } from './match-objects.ts'
import { findContinuations, matchTargets, type TargetPair } from './match-targets.ts'
import { findMoved } from './moved-objects.ts'
import { isWithin } from '../rendering/paths.ts'

/**
 * What changes where, object by object. Secrets are masked before anything is compared for showing, so no value can reach a
 * hunk, a field or a sentence. A target that one side could not render is a problem there, not a removal.
 */
export function diffRenderings(base: Rendering, head: Rendering, options: MaskOptions): RepositoryDiff {
  const matched = matchTargets(base.targets, head.targets).filter(
    ({ before, after }) => after || !before || !isUnrendered(base, head, before),
  )
  return {
    base: base.revision,
    head: head.revision,
    targets: diffTargets(matched, options),
    problems: [...head.problems, ...unrenderedBefore(base, matched)],
  }
}

function diffTargets(matched: readonly TargetPair[], options: MaskOptions): TargetDiff[] {
  const come = matched.flatMap(({ before, after }) => (after && !before ? [after] : []))
  const moved = findMoved(matched.map(toObjects))
  return matched.flatMap((pair, index) => {
    const { before, after } = pair
    if (before?.digest !== undefined && before.digest === after?.digest && !isRenamed(pair)) return []
    const continuedIn = before && !after ? findContinuations(before, come) : []
    return diffTarget(pair, moved[index]?.pairs ?? [], continuedIn, options)
  })
}

function toObjects({ before, after }: TargetPair) {
  const some = after ?? before
  if (!some) throw new Error('a pair of targets has one side at least')
  const pairs = matchObjects(before?.objects ?? [], after?.objects ?? [])
  return { target: some.target, pairs, after: after?.objects ?? [] }
}

/** Sources that the head mends: everything of them shows as added, because there is nothing to compare with. */
function unrenderedBefore(base: Rendering, matched: readonly TargetPair[]): Problem[] {
  const rendered = new Set(base.targets.map(({ source }) => source))
  const added = matched.flatMap(({ before, after }) => (after && !before ? [after.source] : []))
  return [...new Set(added)].flatMap((source) => {
    const [cause] = rendered.has(source) ? [] : base.problems.filter(({ path }) => isWithin(path, source))
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
 * Whether a target is missing in the head because something is wrong there: it was found and did not render, or something
 * new is wrong where it was. On doubt nothing is called removed; the problem is shown instead.
 */
function isUnrendered(base: Rendering, head: Rendering, { target, source }: RenderedTarget): boolean {
  const known = new Set(base.problems.map(problemKey))
  const fresh = head.problems.filter((problem) => !known.has(problemKey(problem)))
  if (fresh.some(({ path }) => isWithin(path, source))) return true
  if (head.unrendered) {
    return head.unrendered.some(
      (each) => each.source === source || targetKey(each.target) === targetKey(target),
    )
  }
  // A file that belongs to no source that rendered may be a base of this one.
  const others = [...new Set(head.targets.map((each) => each.source))]
  return fresh.some(({ path }) => !others.some((other) => isWithin(path, other)))
}

function isRenamed({ before, after }: TargetPair): boolean {
  return before !== undefined && after !== undefined && before.target.application !== after.target.application
}

function problemKey({ code, path, message }: Problem): string {
  return JSON.stringify([code, path, message])
}

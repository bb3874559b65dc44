import { objectId, objectKey, formatObjectId, type KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import { type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'

/** What a way of restoring renders to, beside what is on the branch. */
export interface RestoreToJudge {
  good: Pick<Attestation, 'target' | 'digest'>
  goodObjects: readonly KubernetesObject[]
  /** Targets that render differently, before and after; others do not matter. */
  before: readonly RenderedTarget[]
  after: readonly RenderedTarget[]
  /** What does not render any more. */
  newProblems: readonly Problem[]
  conflicts: readonly string[]
}

export interface RestoreVerdict {
  /** Objects of the target that are not as the good release had them; empty: it renders to the very same. */
  differing: string[]
  /** Other targets that change too. */
  touched: Target[]
  newProblems: readonly Problem[]
  conflicts: readonly string[]
}

/** How near a way of restoring comes to the good release, and what else it would change. */
export function judgeRestore(facts: RestoreToJudge): RestoreVerdict {
  const { good, goodObjects, before, after, newProblems, conflicts } = facts
  const digests = new Map(before.map(({ target, digest }) => [targetKey(target), digest]))
  const present = new Set(after.map(({ target }) => targetKey(target)))
  const changed = after.filter(({ target, digest }) => digests.get(targetKey(target)) !== digest)
  const gone = before.filter(({ target }) => !present.has(targetKey(target)))
  const own = after.find(({ target }) => targetKey(target) === targetKey(good.target))
  return {
    differing: own?.digest === good.digest ? [] : differingObjects(goodObjects, own?.objects ?? []),
    touched: [...changed, ...gone]
      .map(({ target }) => target)
      .filter(
        ({ application, environment }) =>
          application !== good.target.application || environment !== good.target.environment,
      ),
    newProblems,
    conflicts,
  }
}

/** Whether a rule may merge it: it brings back exactly what was attested, and nothing else. */
export function isExact({ differing, touched, newProblems, conflicts }: RestoreVerdict): boolean {
  return differing.length + touched.length + newProblems.length + conflicts.length === 0
}

/** The nearest: one that renders, then without conflicts, then to the very same, then without others. The first of equals. */
export function nearestRestore<Way extends { verdict: RestoreVerdict }>(
  ways: readonly Way[],
): Way | undefined {
  const far = ({ verdict }: Way) =>
    [verdict.newProblems, verdict.conflicts, verdict.differing, verdict.touched].reduce(
      (sum, list) => 2 * sum + (list.length > 0 ? 1 : 0),
      0,
    )
  return ways.toSorted((left, right) => far(left) - far(right))[0]
}

function differingObjects(good: readonly KubernetesObject[], now: readonly KubernetesObject[]): string[] {
  const texts = (objects: readonly KubernetesObject[]) =>
    new Map(objects.map((object) => [objectKey(objectId(object)), object]))
  const [was, is] = [texts(good), texts(now)]
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => JSON.stringify(was.get(key)) !== JSON.stringify(is.get(key)))
    .flatMap((key) => {
      const object = was.get(key) ?? is.get(key)
      return object ? [formatObjectId(objectId(object))] : []
    })
}

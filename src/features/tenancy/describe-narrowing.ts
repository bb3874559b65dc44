import type { Configuration } from '../../domain/configuration.ts'
import { formatObjectId, type KubernetesObject, objectKey } from '../../domain/kubernetes-object.ts'
import type { Target } from '../../domain/refs.ts'
import { definedScopes, isNamespaced } from '../rendering/kind-scope.ts'
import { findViolations, type Violation } from './find-violations.ts'
import { limitsOf } from './limits-of.ts'

/** What is attested for a target. */
export interface Running {
  target: Target
  objects: readonly KubernetesObject[]
}

type Limited = Pick<Configuration, 'tenants'>

/** So many objects of a release are named; the others are counted. */
const mostNamed = 5

/**
 * What runs, and would not be applied any more by other limits: a sentence for each application in an environment. What is
 * refused already is not told again.
 */
export function describeNarrowing(running: readonly Running[], before: Limited, after: Limited): string[] {
  const told = running.flatMap((one) => {
    const known = new Set(violationsOf(one, before).map(({ object }) => objectKey(object)))
    const fresh = violationsOf(one, after).filter(({ object }) => !known.has(objectKey(object)))
    return fresh.length > 0 ? [{ target: one.target, words: wordsOf(fresh) }] : []
  })
  const same = Map.groupBy(told, ({ target, words }) =>
    JSON.stringify([target.application, target.environment, words]),
  )
  return [...same.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return []
    const { application, environment } = first.target
    const clusters = [first, ...more].map(({ target }) => target.cluster).join(', ')
    return [`${application} in ${environment} (${clusters}) would not be applied any more: ${first.words}`]
  })
}

function violationsOf({ target, objects }: Running, limited: Limited): Violation[] {
  const defined = definedScopes(objects)
  return findViolations({
    target,
    limits: limitsOf(limited, target),
    objects,
    isNamespaced: (object) => isNamespaced(object, defined),
  })
}

function wordsOf(violations: readonly Violation[]): string {
  const names = violations.slice(0, mostNamed).map(({ object }) => formatObjectId(object))
  const left = violations.length - names.length
  const others = left > 0 ? ` and ${left} more` : ''
  return `${names.join(', ')}${others}; ${violations[0]?.message}`
}

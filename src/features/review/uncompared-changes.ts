import type { Problem } from '../../domain/problem.ts'
import { isWithin } from '../rendering/paths.ts'
import type { ReviewFacts } from './review-facts.ts'

/**
 * Sources that the change touches and that render neither before nor after it: their difference is not known, which is not
 * the same as none. The problems are old, so they close no gate; what was not looked at is said all the same.
 */
export function uncomparedChanges(facts: Pick<ReviewFacts, 'affected' | 'base' | 'head'>): Problem[] {
  const before = sourcesOf(facts.base)
  const after = sourcesOf(facts.head)
  return facts.affected
    .filter(({ changedPaths }) => changedPaths.length > 0)
    .filter((source) => before.has(keyOf(source)) && after.has(keyOf(source)))
    .map(({ application, environment, source }) => {
      const cause = facts.head.problems.find(({ path }) => isWithin(path, source)) ?? facts.head.problems[0]
      const why = cause ? `: ${cause.message}` : ''
      return {
        code: 'NOT_COMPARED',
        path: cause && isWithin(cause.path, source) ? cause.path : source,
        line: cause?.line ?? 0,
        message: `${application} in ${environment} reads what changes, but renders neither before nor after it, so that its difference is not known${why}`,
        fix: cause?.fix ?? 'see what `drawbridge render` says about it',
      }
    })
}

/** What was tried and gave nothing. */
function sourcesOf({ unrendered }: ReviewFacts['base']): Set<string> {
  return new Set((unrendered ?? []).map(({ target, source }) => keyOf({ ...target, source })))
}

function keyOf({
  application,
  environment,
  source,
}: {
  application: string
  environment: string
  source: string
}) {
  return JSON.stringify([application, environment, source])
}

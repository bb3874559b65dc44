import { aggregateName } from '../review/unjudged-check.ts'
import { quote } from './check-shape.ts'
import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { toDemandedCheck } from './to-promotion.ts'

/** What is wrong with the checks that promotions to an environment wait for: none, one twice, or our own, which never come. */
export function checkDemandedChecks(
  environment: string,
  promotion: EnvironmentDocument['promotion'],
): PlacedProblem[] {
  if (promotion?.checks === undefined) return []
  const at = ['environments', environment, 'promotion', 'checks']
  if (promotion.checks.length === 0)
    return [problem(at, 'value', 'an empty list waits for nothing', 'name a check, or remove the key')]
  const names = promotion.checks.map((check) => toDemandedCheck(check).name)
  return names.flatMap((name, index) => {
    const own = name === aggregateName || name.startsWith(`${aggregateName}/`)
    const isTwice = names.indexOf(name) < index
    return [
      ...(own
        ? [
            problem(
              [...at, index],
              'value',
              `${quote(name)} is Drawbridge’s own check, of pull requests alone`,
              'name a check of the base branch',
            ),
          ]
        : []),
      ...(isTwice ? [problem([...at, index], 'value', `${quote(name)} is named twice`, 'name it once')] : []),
    ]
  })
}

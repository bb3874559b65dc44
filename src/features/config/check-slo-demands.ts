import { type PlacedProblem, problemAt as problem } from './placed-problem.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { toSources } from './to-promotion.ts'

/**
 * Promotions that ask for healthy SLOs where there is none at all: nothing is asked then, and whoever wrote it believes
 * otherwise. It shuts no environment, since nothing else of it is in doubt.
 */
export function checkSloDemands(
  environments: readonly (readonly [name: string, environment: EnvironmentDocument])[],
  withSlo: ReadonlySet<string | undefined>,
): PlacedProblem[] {
  return environments.flatMap(([name, { promotion }]) => {
    const from: unknown = promotion?.from
    if (promotion?.slos !== 'healthy' || from === undefined) return []
    const known = environments.map(([each]) => each)
    const without = toSources(promotion.from).environments.filter(
      (each) => known.includes(each) && !withSlo.has(each),
    )
    if (without.length === 0) return []
    return [
      problem(
        ['environments', name, 'promotion', 'slos'],
        'slo',
        `no SLO says how ${without.join(', ')} ${without.length === 1 ? 'does' : 'do'}, so nothing is asked there`,
        'add an SLO for it, or remove the key',
      ),
    ]
  })
}

import { builtInRules } from '../health/built-in-rules.ts'
import { compileHealthRules } from '../health/health-rule.ts'
import type { WrittenParts } from './check-rules.ts'
import { type PlacedProblem, problemAt } from './placed-problem.ts'

/** Health rules that say nothing, that are no CEL, or that are about kinds whose health Kubernetes itself defines. */
export function checkHealth({ health }: Pick<WrittenParts, 'health'>): PlacedProblem[] {
  return health.flatMap(([index, rule]) => {
    const { group, kind } = rule
    if (group === undefined || kind === undefined) return []
    const at = ['health', index]
    if (builtInRules.has(`${group}/${kind}`))
      return [
        problemAt(
          [...at, 'kind'],
          'value',
          `the health of ${kind} is defined by Kubernetes`,
          'remove the rule',
        ),
      ]
    if (rule.healthy === undefined)
      return [problemAt(at, 'value', 'without `healthy` it would never be healthy', 'write healthy: …')]
    return compileHealthRules([{ ...rule, group, kind }]).faults.map(({ question, reason }) =>
      problemAt([...at, question], 'value', `is no CEL expression that can be used: ${reason}`, 'correct it'),
    )
  })
}

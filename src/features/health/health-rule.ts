import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { HealthRuleText } from '../../domain/reconcile-settings.ts'
import { celEnvironment, celReason, type CelProgram, compileCel } from '../policy/cel.ts'

/** The expressions of a rule in the order in which they are asked; the first that is true decides. */
export const healthQuestions = ['progressing', 'degraded', 'suspended', 'healthy'] as const
export type HealthQuestion = (typeof healthQuestions)[number]

/** How objects of one kind tell how they are, compiled. */
export interface CustomRule {
  programs: Partial<Record<HealthQuestion | 'message', CelProgram>>
}

/** By group and kind. */
export interface HealthRules {
  find(group: string, kind: string): CustomRule | undefined
}

export interface HealthRuleFault {
  /** Index in the list of rules. */
  rule: number
  question: HealthQuestion | 'message'
  reason: string
}

/** What an expression sees: the object as a whole, its parts, and its conditions by type. As Flux's `healthCheckExprs`, and more. */
export const healthVariables = ['object', 'metadata', 'spec', 'status', 'conditions'] as const

const environment = celEnvironment(healthVariables)

const longestExpression = 2_000

/** Lists that are gone through inside of each other. */
const deepestLoop = 2

/** Compiles the rules; one with a fault answers for nothing, so that its kind is judged as if there were no rule. */
export function compileHealthRules(texts: readonly HealthRuleText[]): {
  rules: HealthRules
  faults: HealthRuleFault[]
} {
  const faults: HealthRuleFault[] = []
  const rules = new Map<string, CustomRule>()
  for (const [rule, text] of texts.entries()) {
    const questions = [...healthQuestions, 'message' as const].filter((one) => text[one] !== undefined)
    const programs = questions.map(
      (question) => [question, compileBounded(text[question] ?? '', question)] as const,
    )
    const invalid = programs.flatMap(([question, program]) =>
      program.kind === 'invalid' ? [{ rule, question, reason: program.reason }] : [],
    )
    faults.push(...invalid)
    if (invalid.length === 0)
      rules.set(`${text.group}/${text.kind}`, { programs: Object.fromEntries(programs) })
  }
  return { rules: { find: (group, kind) => findRule(rules, group, kind) }, faults }
}

/** The kind itself, else every kind of its group, else every kind of the groups above (`*.crossplane.io`). */
function findRule(
  rules: ReadonlyMap<string, CustomRule>,
  group: string,
  kind: string,
): CustomRule | undefined {
  const above = group.split('.').map((_, index, parts) => `*.${parts.slice(index).join('.')}`)
  for (const name of [group, ...above]) {
    const found = rules.get(`${name}/${kind}`) ?? rules.get(`${name}/*`)
    if (found !== undefined) return found
  }
  return undefined
}

/** The work of an expression is bounded before it runs: by its length, and by how its loops stand in each other. */
function compileBounded(expression: string, question: HealthQuestion | 'message'): CelProgram {
  const invalid = (reason: string): CelProgram => ({ kind: 'invalid', expression, reason })
  if (expression.length > longestExpression) return invalid(`is longer than ${longestExpression} characters`)
  const program = compileCel(expression, environment)
  if (program.kind === 'compiled' && program.loops > deepestLoop)
    return invalid(`has more than ${deepestLoop} loops inside of each other`)
  if (program.kind === 'invalid') return program
  const { valid, error, type } = environment.check(expression)
  if (!valid) return invalid(celReason(error))
  const expected = question === 'message' ? 'string' : 'bool'
  return type === expected || type === 'dyn' ? program : invalid(`gives ${type}, and not ${expected}`)
}

/** Whether an expression is true of the object; what cannot be evaluated, because a field is not there yet, is not. */
export function isTrue(program: CelProgram | undefined, bindings: Record<string, unknown>): boolean {
  return answerOf(program, bindings) === true
}

export function textOf(program: CelProgram | undefined, bindings: Record<string, unknown>): string {
  const answer = answerOf(program, bindings)
  return typeof answer === 'string' ? answer : ''
}

function answerOf(program: CelProgram | undefined, bindings: Record<string, unknown>): unknown {
  if (program?.kind !== 'compiled') return undefined
  try {
    return program.evaluate(bindings)
  } catch (error) {
    return { reason: celReason(error) }
  }
}

/** Lists longer than this are not gone through twice inside of each other. */
const longestList = 500

/** Whether loops over the object's lists end soon enough. */
export function isTooLarge(rule: CustomRule, object: KubernetesObject): boolean {
  const isNested = Object.values(rule.programs).some(
    (program) => program.kind === 'compiled' && program.loops > 1,
  )
  return isNested && hasLongList(object)
}

function hasLongList(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > longestList || value.some(hasLongList)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(hasLongList)
}

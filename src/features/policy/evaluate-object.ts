import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { type CelBindings, celReason, type CelProgram, toCel } from './cel.ts'
import { matchesPolicy, pluralOf } from './matches-policy.ts'
import type { NamedExpression, Policy, Validation } from './policy.ts'

/** `messages`: validations that said no. `failures`: expressions that could not say anything. */
export interface ObjectOutcome {
  messages: string[]
  failures: string[]
}

/** What one policy says about one object; empty where the policy is not about it. */
export function evaluateObject(
  policy: Policy,
  object: KubernetesObject,
  old?: KubernetesObject,
): ObjectOutcome {
  const outcome: ObjectOutcome = { messages: [], failures: [] }
  if (!matchesPolicy(policy, object, old ? 'UPDATE' : 'CREATE')) return outcome
  const bindings = toBindings(policy, object, old)
  const conditions = policy.conditions.map(({ name, program }) => ask(program, bindings, `condition ${name}`))
  outcome.failures.push(...conditions.flatMap((answer) => (typeof answer === 'string' ? [answer] : [])))
  // As the API server: one condition that is false settles it, whatever the others could not say.
  if (conditions.includes(false)) return { messages: [], failures: [] }
  if (outcome.failures.length > 0) return outcome
  for (const validation of policy.validations) {
    const answer = ask(validation.program, bindings, 'validation')
    if (typeof answer === 'string') outcome.failures.push(answer)
    if (answer === false) outcome.messages.push(messageOf(validation, bindings))
  }
  return outcome
}

/** True, false, or why neither can be said. */
function ask(program: CelProgram, bindings: CelBindings, what: string): boolean | string {
  const failed = (reason: string) => `${what} \`${oneLine(program.expression)}\` ${reason}`
  if (program.kind === 'invalid') return failed(program.reason)
  try {
    const value = program.evaluate(bindings)
    return typeof value === 'boolean' ? value : failed('answers neither true nor false')
  } catch (error) {
    return failed(`cannot be evaluated (${celReason(error)})`)
  }
}

/** The message, computed where the policy says how; a computation that fails falls back to the plain one. */
function messageOf({ program, message, messageProgram }: Validation, bindings: CelBindings): string {
  const plain = message || `failed expression: ${oneLine(program.expression)}`
  if (messageProgram?.kind !== 'compiled') return plain
  try {
    const value = messageProgram.evaluate(bindings)
    return typeof value === 'string' && value.trim() !== '' ? oneLine(value) : plain
  } catch {
    return plain
  }
}

function toBindings(
  policy: Policy,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): CelBindings {
  const { group, version, kind, namespace, name } = objectId(object)
  const bindings: CelBindings = {
    object: converted(object),
    oldObject: old ? converted(old) : null,
    request: toCel({
      operation: old ? 'UPDATE' : 'CREATE',
      kind: { group, version, kind },
      resource: { group, version, resource: pluralOf(kind) },
      name,
      namespace,
    }),
  }
  bindings.variables = lazyVariables(policy.variables, bindings)
  return bindings
}

/** Every policy looks at the same objects; none changes them. */
const conversions = new WeakMap<KubernetesObject, unknown>()

function converted(object: KubernetesObject): unknown {
  const known = conversions.get(object) ?? toCel(object)
  conversions.set(object, known)
  return known
}

/** Each variable is computed when an expression first asks for it, and once; one nobody asks for cannot fail. */
function lazyVariables(
  variables: readonly NamedExpression[],
  bindings: CelBindings,
): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const { name, program } of variables) {
    Object.defineProperty(values, name, {
      enumerable: true,
      configurable: true,
      get() {
        if (program.kind === 'invalid') throw new Error(`variable ${name}: ${program.reason}`)
        const value = program.evaluate(bindings)
        Object.defineProperty(values, name, { enumerable: true, value })
        return value
      },
    })
  }
  return values
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  return flat.length > 300 ? `${flat.slice(0, 299)}…` : flat
}

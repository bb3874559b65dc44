import type { Variable } from '../../domain/substitution.ts'
import { applyOperator } from './apply-operator.ts'
import { type Expression, parseTemplate, type Template } from './parse-template.ts'

/** The text with its variables filled in, and the variables that were used without being known: these stay as written. */
export interface Evaluated {
  text: string
  unknown: string[]
  secret: string[]
}

/** Fills a text's variables in, as Flux does: a variable that nobody gives is empty. Throws TemplateFault. */
export function evaluateTemplate(
  text: string,
  lookUp: (variable: string) => Variable | undefined,
): Evaluated {
  const seen = { unknown: new Set<string>(), secret: new Set<string>() }
  return {
    text: fill(parseTemplate(text)),
    unknown: [...seen.unknown].toSorted(),
    secret: [...seen.secret].toSorted(),
  }

  function fill(template: Template): string {
    return template.map((part) => (typeof part === 'string' ? part : evaluate(part))).join('')
  }

  function evaluate(expression: Expression): string {
    const { variable, operator, operands, source } = expression
    const found = lookUp(variable)
    if (found?.kind === 'unknown') {
      seen.unknown.add(variable)
      return source
    }
    if (found?.kind === 'secret') {
      seen.secret.add(variable)
      return found.shown
    }
    const value = found?.value ?? ''
    if (isDefault(operator) && value !== '') return value
    const before = seen.unknown.size
    const filled = operands.map((operand) => fill([operand]))
    if (!isDefault(operator) && seen.unknown.size > before) return source
    return applyOperator(operator, value, filled)
  }
}

/** `=`, `:=`, `:-`, `:?` and `:+` all give a default; a plain expression has none. */
function isDefault(operator: string): boolean {
  return operator.endsWith('=') || /^:[-?+]$/.test(operator)
}

import { asMapping, asText } from './fields.ts'

/**
 * Fills the parameters of an ApplicationSet into its template. `{{name}}` and, with Go templates, `{{.name}}` are filled;
 * anything more (functions, conditions) stays as it is written, so that nothing is made up.
 */
export function fillTemplate(value: unknown, parameters: Record<string, unknown>, isGo: boolean): unknown {
  if (typeof value === 'string') return fillText(value, parameters, isGo)
  if (Array.isArray(value)) return value.map((each) => fillTemplate(each, parameters, isGo))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, fillTemplate(each, parameters, isGo)]),
  )
}

function fillText(text: string, parameters: Record<string, unknown>, isGo: boolean): string {
  return text
    .split('{{')
    .map((part, position) => {
      if (position === 0) return part
      const end = part.indexOf('}}')
      if (end < 0) return `{{${part}`
      const expression = part.slice(0, end).trim()
      const found = isGo ? goValue(expression, parameters) : plainValue(expression, parameters)
      return (found ?? `{{${part.slice(0, end)}}}`) + part.slice(end + 2)
    })
    .join('')
}

function plainValue(expression: string, parameters: Record<string, unknown>): string | undefined {
  const direct = Object.hasOwn(parameters, expression) ? parameters[expression] : undefined
  return textOf(direct ?? walk(expression.split('.'), parameters))
}

function goValue(expression: string, parameters: Record<string, unknown>): string | undefined {
  const index = /^index \.path\.segments (\d+)$/.exec(expression)
  if (index) return textOf(segmentsOf(parameters)[Number(index[1])])
  if (!/^\.[\w.-]+$/.test(expression)) return undefined
  return textOf(walk(expression.slice(1).split('.'), parameters))
}

function walk(keys: readonly string[], value: unknown): unknown {
  return keys.reduce<unknown>(
    (at, key) => (Object.hasOwn(asMapping(at), key) ? asMapping(at)[key] : undefined),
    value,
  )
}

function segmentsOf(parameters: Record<string, unknown>): unknown[] {
  const segments = asMapping(parameters.path).segments
  return Array.isArray(segments) ? segments : []
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'object') return undefined
  return asText(value) || String(value)
}

import { Undetermined } from './undetermined.ts'

/**
 * Values as a Go template sees them: whole numbers that the template itself writes or computes are bigint; numbers of
 * JSON and YAML are number, because Argo CD reads them as float64.
 */
export type GoValue = unknown

/** As Go's `%v` prints it. Source: Go, fmt, "Printing". */
export function goText(value: GoValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return floatText(value)
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `map[${entries.map(([key, each]) => `${key}:${goText(each)}`).join(' ')}]`
}

/** `%g` with the shortest digits: an exponent below 1e-4 and from a million on. Source: Go, strconv/ftoa.go formatDigits. */
function floatText(value: number): string {
  const [digits = '', power = ''] = value.toExponential().split('e')
  if (Number(power) >= -4 && Number(power) < 6) return String(value)
  return `${digits}e${power.slice(0, 1)}${power.slice(1).padStart(2, '0')}`
}

/** Source: Go, text/template, IsTrue. */
export function isGoTrue(value: GoValue): boolean {
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') return Object.keys(value).length > 0
  return Boolean(value)
}

export function goString(value: GoValue, name: string): string {
  if (typeof value === 'string') return value
  throw new Undetermined(`${name} takes a text, not ${goText(value)}`)
}

export function goInteger(value: GoValue, name: string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(Math.trunc(value))
  if (typeof value === 'string' && /^-?\d{1,18}$/.test(value)) return BigInt(value)
  throw new Undetermined(`${name} takes a whole number, not ${goText(value)}`)
}

export function goList(value: GoValue, name: string): GoValue[] {
  if (Array.isArray(value)) return value
  throw new Undetermined(`${name} takes a list, not ${goText(value)}`)
}

export function goMapping(value: GoValue, name: string): Record<string, GoValue> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, GoValue>
  }
  throw new Undetermined(`${name} takes a mapping, not ${goText(value)}`)
}

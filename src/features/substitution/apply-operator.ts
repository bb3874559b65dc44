import { matchGlob } from './match-glob.ts'

/**
 * What an operator makes of a variable's value. Positions and lengths count bytes, as Flux counts them; what it calls a
 * default is used for a value that is empty, whatever the operator's sign. Source: fluxcd/pkg, envsubst/funcs.go.
 */
export function applyOperator(operator: string, value: string, operands: readonly string[]): string {
  const [first = '', second = ''] = operands
  switch (operator) {
    case ',':
      return changeFirst(value, (character) => character.toLowerCase())
    case ',,':
      return value.toLowerCase()
    case '^':
      return changeFirst(value, (character) => character.toUpperCase())
    case '^^':
      return value.toUpperCase()
    case '#':
      return operands.length === 0 ? String(Buffer.byteLength(value)) : withoutStart(value, first, 'shortest')
    case '##':
      return withoutStart(value, first, 'longest')
    case '%':
      return reverse(withoutStart(reverse(value), reverse(first), 'shortest'))
    case '%%':
      return reverse(withoutStart(reverse(value), reverse(first), 'longest'))
    case ':':
      return substring(value, operands)
    case '/':
      return value.replace(first, () => second)
    case '//':
      return value.replaceAll(first, () => second)
    case '/#':
      return operands.length === 2 && value.startsWith(first) ? second + value.slice(first.length) : value
    case '/%':
      return operands.length === 2 && value.endsWith(first)
        ? value.slice(0, value.length - first.length) + second
        : value
    default:
      return value === '' ? operands.join('') : value
  }
}

function changeFirst(value: string, change: (character: string) => string): string {
  const [first = '', ...rest] = value
  return change(first) + rest.join('')
}

/** Never takes the empty start, as Flux does not; a malformed pattern takes nothing. */
function withoutStart(value: string, pattern: string, which: 'shortest' | 'longest'): string {
  const characters = Array.from(value)
  let length = 0
  for (let tried = characters.length; tried > 0; tried--) {
    if (matchGlob(pattern, characters.slice(0, tried).join('')) !== true) continue
    length = tried
    if (which === 'longest') break
  }
  return characters.slice(length).join('')
}

function reverse(value: string): string {
  return Array.from(value).toReversed().join('')
}

/** A position below zero counts from the end; what is no number leaves the value whole. */
function substring(value: string, operands: readonly string[]): string {
  const bytes = Buffer.from(value)
  const [position, length] = operands.map(wholeNumber)
  if (position === undefined) return value
  const start = position < 0 ? Math.max(bytes.length + position, 0) : position
  if (operands.length === 1) return bytes.subarray(start).toString()
  if (length === undefined) return value
  // Go refuses a slice that ends before it begins; nothing is what is left of it.
  return bytes.subarray(start, Math.max(start, start + length)).toString()
}

function wholeNumber(text: string): number | undefined {
  return /^[-+]?[0-9]{1,18}$/.test(text) ? Number(text) : undefined
}

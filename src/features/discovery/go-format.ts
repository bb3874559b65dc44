import { type GoValue, goText } from './go-values.ts'
import { Undetermined } from './undetermined.ts'

/** `printf` for the verbs that names and paths are made with: `%s %v %d %q %t %%`, with `%03d` and `%5s`. */
export function goFormat(format: string, values: readonly GoValue[]): string {
  let next = 0
  const filled = format.replaceAll(/%(?:%|([-0]?)(\d{0,3})([a-zA-Z]))/g, (whole, flag, width, verb) => {
    if (whole === '%%') return '%'
    if (next >= values.length) throw new Undetermined(`printf ${goQuote(format)} lacks a value`)
    const text = formatOne(String(verb), values[next++], format)
    if (flag === '-') return text.padEnd(Number(width))
    return text.padStart(Number(width), flag === '0' ? '0' : ' ')
  })
  if (next < values.length) throw new Undetermined(`printf ${goQuote(format)} has more values than verbs`)
  return filled
}

function formatOne(verb: string, value: GoValue, format: string): string {
  const isFitting = {
    s: typeof value === 'string',
    q: typeof value === 'string',
    v: value !== undefined && value !== null,
    d: typeof value === 'bigint',
    t: typeof value === 'boolean',
  }[verb]
  if (isFitting !== true) throw new Undetermined(`printf ${goQuote(format)}: %${verb} of ${goText(value)}`)
  return verb === 'q' ? goQuote(goText(value)) : goText(value)
}

/** `%q`: between double quotes, escaped as Go does. */
export function goQuote(text: string): string {
  return JSON.stringify(text)
}

import { months, weekdays } from '../windows/zoned-time.ts'

/** Days of the week, 0 Sunday … 6 Saturday, of `mon-thu`, `fri-mon`, `sat, sun` or a list of such; undefined where a part is no day. */
export function parseDays(text: string | readonly string[]): number[] | undefined {
  return parseNames(text, weekdays)
}

/** Months, 1 January … 12 December, of `nov-jan`, `jun, dec` or a list of such; undefined where a part is no month. */
export function parseMonths(text: string | readonly string[]): number[] | undefined {
  return parseNames(text, months)?.map((month) => month + 1)
}

/** Positions in `names`, sorted; a span may go over the end. */
function parseNames(text: string | readonly string[], names: readonly string[]): number[] | undefined {
  const parts = (typeof text === 'string' ? text.split(',') : text).map((part) => part.trim().toLowerCase())
  const found = new Set<number>()
  for (const part of parts) {
    const [first = '', last = first, ...rest] = part.split('-').map((word) => word.trim())
    const from = positionOf(first, names)
    const to = positionOf(last, names)
    if (from === -1 || to === -1 || rest.length > 0) return undefined
    for (let position = from; ; position = (position + 1) % names.length) {
      found.add(position)
      if (position === to) break
    }
  }
  return [...found].toSorted((a, b) => a - b)
}

/** Short or long: `mon`, `monday`. */
function positionOf(word: string, names: readonly string[]): number {
  return names
    .map((name) => name.toLowerCase())
    .findIndex((name) => word === name || word === name.slice(0, 3))
}

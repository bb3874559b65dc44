const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Days of the week, 0 Sunday … 6 Saturday, of `mon-thu`, `fri-mon`, `sat, sun` or a list of such; undefined where a part is no day. */
export function parseDays(text: string | readonly string[]): number[] | undefined {
  const parts = (typeof text === 'string' ? text.split(',') : text).map((part) => part.trim().toLowerCase())
  const days = new Set<number>()
  for (const part of parts) {
    const [first = '', last = first, ...rest] = part.split('-').map((word) => word.trim())
    const from = dayOf(first)
    const to = dayOf(last)
    if (from === undefined || to === undefined || rest.length > 0) return undefined
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day)
      if (day === to) break
    }
  }
  return [...days].toSorted((a, b) => a - b)
}

/** Short or long: `mon`, `monday`. */
function dayOf(word: string): number | undefined {
  const long = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  const index = dayNames.includes(word) ? dayNames.indexOf(word) : long.indexOf(word)
  return index === -1 ? undefined : index
}

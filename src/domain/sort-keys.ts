/**
 * A JSON value with the keys of every object in the order of their code units: the value itself, or its own parts, wherever
 * they are in that order already, as those of rendered objects mostly are.
 */
export function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(sortKeys)
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const entries = Object.entries(value)
  let isSame = true
  let last = ''
  for (const entry of entries) {
    const one = sortKeys(entry[1])
    isSame &&= entry[0] >= last && one === entry[1]
    entry[1] = one
    last = entry[0]
  }
  // `fromEntries` makes `__proto__` a key like any other.
  return isSame ? value : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

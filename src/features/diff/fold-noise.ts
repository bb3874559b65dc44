import { type Fields, isFields, pairItems } from './list-items.ts'
import { isQuantityField, isSameQuantity } from './quantity.ts'

/** Names that a generator gave anew, old → new: `app-config-7f9c2k5t8d` → `app-config-9mf2c4hb6t`. */
export type Renames = ReadonlyMap<string, string>

export interface Folded<T> {
  /** The old side with every noisy value already as in the new one, so that what still differs is a real change. */
  before: T
  /** Lines of the diff that this hides. */
  lines: number
}

/**
 * Takes values out of a comparison that differ without meaning: checksums, the chart's label, generated names and
 * references to them, amounts written differently. They are counted, never dropped.
 */
export function foldNoise<T>(before: T, after: T, renames: Renames): Folded<T> {
  let lines = 0
  const folded = fold(before, after, []) as T
  return { before: folded, lines }

  function fold(old: unknown, young: unknown, path: readonly string[]): unknown {
    if (old === young) return old
    if (isFields(old) && isFields(young)) return foldFields(old, young, path)
    if (Array.isArray(old) && Array.isArray(young)) return foldList(old, young, path)
    if (!isNoise(old, young, path, renames)) return old
    lines += countLines(old) + countLines(young)
    return young
  }

  function foldFields(old: Fields, young: Fields, path: readonly string[]): Fields {
    const entries = Object.entries(old).map(([field, value]) => [
      field,
      Object.hasOwn(young, field) ? fold(value, young[field], [...path, field]) : value,
    ])
    return Object.fromEntries(entries) as Fields
  }

  function foldList(old: readonly unknown[], young: readonly unknown[], path: readonly string[]): unknown[] {
    const result = [...old]
    for (const pair of pairItems(path.at(-1) ?? '', old, young)) {
      if (pair.beforeIndex === undefined || !('after' in pair)) continue
      result[pair.beforeIndex] = fold(pair.before, pair.after, path)
    }
    return result
  }
}

function isNoise(old: unknown, young: unknown, path: readonly string[], renames: Renames): boolean {
  if (typeof old === 'string' && renames.get(old) === young) return true
  if (isQuantityField(path) && isSameQuantity(old, young)) return true
  return typeof old === 'string' && typeof young === 'string' && isNoiseField(path)
}

function isNoiseField(path: readonly string[]): boolean {
  const field = path.at(-1) ?? ''
  const parent = path.at(-2)
  if (parent === 'annotations') return field.startsWith('checksum/') || field.startsWith('checksum.')
  return parent === 'labels' && field === 'helm.sh/chart'
}

function countLines(value: unknown): number {
  return typeof value === 'string' ? value.split('\n').length : 1
}

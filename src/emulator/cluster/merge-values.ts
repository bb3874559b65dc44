import { childrenOf, type FieldSet, isGranular, isMap, itemElement, separator } from './field-set.ts'
import type { Schema } from './schema.ts'

/** `applied` laid over `live`: field by field in granular maps, item by item in keyed lists, else as a whole. */
export function mergeValues(schema: Schema, live: unknown, applied: unknown): unknown {
  if (live === undefined || !isGranular(schema, live) || !isGranular(schema, applied)) return applied
  if (Array.isArray(applied) && Array.isArray(live)) return mergeLists(schema, live, applied)
  if (!isMap(applied) || !isMap(live)) return applied
  const merged: Record<string, unknown> = { ...live }
  for (const [element, child, childSchema] of childrenOf(schema, applied)) {
    const field = element.slice(2)
    merged[field] = mergeValues(childSchema, live[field], child)
  }
  return merged
}

/** The order of `applied` wins among its own items; live items that it does not name stay in front of what follows them. */
function mergeLists(schema: Schema, live: unknown[], applied: unknown[]): unknown[] {
  if (schema.kind !== 'list') return applied
  const elementOf = (item: unknown) => itemElement(schema, item)
  const known = new Map(live.map((item) => [elementOf(item), item]))
  const wanted = new Set(applied.map(elementOf))
  const others = live.filter((item) => !wanted.has(elementOf(item)))
  return [...applied.map((item) => mergeValues(schema.item, known.get(elementOf(item)), item)), ...others]
}

/** `value` without the given paths; whatever lies below a path goes with it. */
export function removePaths(schema: Schema, value: unknown, paths: FieldSet): unknown {
  const visit = (schema: Schema, value: unknown, path: string): unknown => {
    if (!isGranular(schema, value)) return value
    const kept = childrenOf(schema, value).flatMap(([element, child, childSchema]) => {
      const childPath = path === '' ? element : path + separator + element
      return paths.has(childPath) ? [] : [[element.slice(2), visit(childSchema, child, childPath)] as const]
    })
    return Array.isArray(value) ? kept.map(([, child]) => child) : Object.fromEntries(kept)
  }
  return paths.size === 0 ? value : visit(schema, value, '')
}

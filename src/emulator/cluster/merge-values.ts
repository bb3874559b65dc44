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

/**
 * Both orders are kept as far as they agree; where they do not, that of `applied` wins. Live items that it does not
 * name stay in front of what followed them. Source: sigs.k8s.io/structured-merge-diff, typed/merge.go.
 */
function mergeLists(schema: Schema, live: unknown[], applied: unknown[]): unknown[] {
  if (schema.kind !== 'list') return applied
  const elementOf = (item: unknown) => itemElement(schema, item)
  const known = new Map(live.map((item) => [elementOf(item), item]))
  const wanted = new Set(applied.map(elementOf))
  const shared = applied.map(elementOf).filter((element) => known.has(element))
  const merged: unknown[] = []
  let [next, at] = [0, 0]
  while (next < live.length || at < applied.length) {
    const ours = at < applied.length ? elementOf(applied[at]) : undefined
    const theirs = next < live.length ? elementOf(live[next]) : undefined
    if (theirs !== undefined && !wanted.has(theirs)) merged.push(live[next++])
    else if (theirs !== undefined && theirs !== ours && theirs !== shared[0]) next += 1
    else if (ours === undefined) next += 1
    else {
      if (ours === theirs) next += 1
      if (ours === shared[0]) shared.shift()
      merged.push(mergeValues(schema.item, known.get(ours), applied[at++]))
    }
  }
  return merged
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

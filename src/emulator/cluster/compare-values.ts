import { childrenOf, dropUntracked, type FieldSet, fieldSetOf, isGranular, separator } from './field-set.ts'
import type { Schema } from './schema.ts'

export interface Comparison {
  modified: FieldSet
  added: FieldSet
  removed: FieldSet
}

/** Which fields differ between two versions of an object. */
export function compareValues(schema: Schema, before: unknown, after: unknown): Comparison {
  const result: Comparison = { modified: new Set(), added: new Set(), removed: new Set() }
  const visit = (schema: Schema, before: unknown, after: unknown, path: string) => {
    if (
      !isGranular(schema, before) ||
      !isGranular(schema, after) ||
      Array.isArray(before) !== Array.isArray(after)
    ) {
      if (!isSame(before, after)) result.modified.add(path)
      return
    }
    const old = new Map(childrenOf(schema, before).map(([element, child]) => [element, child]))
    for (const [element, child, childSchema] of childrenOf(schema, after)) {
      const childPath = path === '' ? element : path + separator + element
      if (old.has(element)) visit(childSchema, old.get(element), child, childPath)
      else addAll(result.added, childSchema, child, childPath)
      old.delete(element)
    }
    for (const [element, child, childSchema] of childrenOf(schema, before)) {
      if (old.has(element))
        addAll(result.removed, childSchema, child, path === '' ? element : path + separator + element)
    }
  }
  visit(schema, before, after, '')
  for (const set of [result.modified, result.added, result.removed]) dropUntracked(set)
  return result
}

function addAll(set: FieldSet, schema: Schema, value: unknown, path: string): void {
  set.add(path)
  for (const below of fieldSetOf(schema, value, path)) set.add(below)
}

/** Equality of JSON values; the order of keys takes no part, absent and undefined are the same. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].every((name) =>
    isSame((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  )
}

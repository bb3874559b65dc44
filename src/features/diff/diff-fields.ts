import type { FieldChange } from '../../domain/object-diff.ts'
import { type Fields, isFields, pairItems } from './list-items.ts'

/** Further changes of one object are in its hunks only. */
const limit = 2_000

/**
 * What differs between two values, field by field, list items by key. Order of keyed lists does not matter; null and absent
 * are the same, as for Kubernetes. At most 2,000 changes.
 */
export function diffFields(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = []
  compare(before, after, '', '')
  return changes

  function compare(old: unknown, young: unknown, path: string, field: string): void {
    if (old === young || changes.length >= limit) return
    if (isFields(old) && isFields(young)) {
      for (const name of new Set([...Object.keys(old), ...Object.keys(young)])) {
        compare(own(old, name), own(young, name), path ? `${path}.${name}` : name, name)
      }
    } else if (Array.isArray(old) && Array.isArray(young)) {
      for (const pair of pairItems(field, old, young))
        compare(pair.before, pair.after, `${path}[${pair.key}]`, '')
    } else if ((old ?? undefined) !== (young ?? undefined)) {
      changes.push({ field: path, ...given('before', old), ...given('after', young) })
    }
  }
}

/** Untrusted names such as `constructor` must not find what every object inherits. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function given(name: 'before' | 'after', value: unknown): Partial<FieldChange> {
  return value === undefined || value === null ? {} : { [name]: value }
}

import { hash } from 'node:crypto'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { sortKeys } from '../../domain/sort-keys.ts'

interface ManagedEntry {
  manager?: string
  operation?: string
  subresource?: string
  fieldsV1?: unknown
}

export function managedEntries(object: KubernetesObject): ManagedEntry[] {
  const entries = object.metadata['managedFields']
  return Array.isArray(entries) ? (entries as ManagedEntry[]) : []
}

/** Our own entry of managedFields: what our applies own. */
export function ownedFields(object: KubernetesObject, manager: string): unknown {
  const own = managedEntries(object).find((entry) => entry.manager === manager && entry.operation === 'Apply')
  return own?.fieldsV1
}

/**
 * Changes whenever a field of ours got another value or owner; times take no part. Empty: we own nothing. The API server
 * writes the set in one order. Source: sigs.k8s.io/structured-merge-diff, fieldpath/serialize.go.
 */
export function fieldsHash(object: KubernetesObject, manager: string): string {
  const fields = ownedFields(object, manager)
  return fields === undefined ? '' : shortHash(JSON.stringify(fields))
}

/** Over the labels and annotations that were applied, as they are now. */
export function metaHash(applied: KubernetesObject, live: KubernetesObject): string {
  const pick = (field: 'labels' | 'annotations') =>
    Object.keys(applied.metadata[field] ?? {})
      .toSorted()
      .map((key) => [key, live.metadata[field]?.[key]])
  return hashOf([pick('labels'), pick('annotations')])
}

/** Of any JSON value; the order of keys takes no part. 16 hexadecimal digits are plenty to tell one object's states apart. */
export function hashOf(value: unknown): string {
  return shortHash(JSON.stringify(sortKeys(value)))
}

function shortHash(text: string): string {
  return hash('sha256', text).slice(0, 16)
}

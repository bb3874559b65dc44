import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { compareValues } from './compare-values.ts'
import {
  type FieldSet,
  fieldSetOf,
  formatPath,
  fromFieldsV1,
  toFieldsV1,
  withNamedParents,
} from './field-set.ts'
import { mergeValues, removePaths } from './merge-values.ts'
import type { Schema } from './schema.ts'

/** Who owns which fields: one entry per manager, operation and subresource. */
export interface ManagedEntry {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time: string
  fieldsType: 'FieldsV1'
  fieldsV1: Record<string, unknown>
  subresource?: string
}

export interface Writer {
  manager: string
  apiVersion: string
  time: string
  subresource?: string
}

export interface Conflict {
  manager: string
  entry: ManagedEntry
  field: string
}

interface Owner {
  entry: ManagedEntry
  fields: FieldSet
}

/**
 * Server-side apply. What `writer` applied before and applies no longer goes away where nobody else owns it;
 * fields of others whose value would change are conflicts unless `force` takes them over.
 * Source: sigs.k8s.io/structured-merge-diff, merge/update.go.
 */
export function applyFields(
  schema: Schema,
  live: KubernetesObject,
  applied: KubernetesObject,
  writer: Writer,
  force: boolean,
): { object: KubernetesObject } | { conflicts: Conflict[] } {
  const owners = readOwners(live)
  if (owners.length === 0 && live.metadata.uid !== undefined) owners.push(formerOwner(schema, live, writer))
  const fields = fieldSetOf(schema, applied)
  const own = ownerOf(owners, writer, 'Apply')
  const before = new Set(own.fields)
  own.fields = fields
  const merged = mergeValues(schema, live, applied)
  const owned = withNamedParents(new Set(owners.flatMap((owner) => [...owner.fields])))
  const object = removePaths(schema, merged, withNamedParents(before).difference(owned)) as KubernetesObject

  const changes = compareValues(schema, live, object)
  const written = changes.modified.union(changes.added)
  const conflicts = owners
    .toSorted((a, b) => (a.entry.manager < b.entry.manager ? -1 : 1))
    .filter((owner) => owner !== own)
    .flatMap((owner) =>
      [...owner.fields.intersection(written)].map((field) => ({
        owner,
        field: formatPath(field),
        path: field,
      })),
    )
  if (conflicts.length > 0 && !force)
    return {
      conflicts: conflicts.map(({ owner, field }) => ({
        manager: owner.entry.manager,
        entry: owner.entry,
        field,
      })),
    }
  for (const owner of owners) {
    if (owner !== own) owner.fields = owner.fields.difference(written)
    owner.fields = owner.fields.difference(changes.removed)
  }
  return { object: withOwners(object, owners, [own], writer.time) }
}

/** An ordinary write (POST, PUT, PATCH): the writer owns what it changed, and whoever owned it before does no longer. */
export function updateFields(
  schema: Schema,
  live: KubernetesObject | undefined,
  next: KubernetesObject,
  writer: Writer,
): KubernetesObject {
  const { managedFields, ...metadata } = next.metadata
  const given = isReset(managedFields) ? [] : readOwners(next)
  const owners = given.length > 0 || isReset(managedFields) || !live ? given : readOwners(live)
  // Of what nobody owns updates keep no book; a creation does. Source: apimachinery, managedfields, skipnonapplied.go.
  if (live && owners.length === 0) return { ...next, metadata }
  const own = ownerOf(owners, writer, 'Update')
  const changes = compareValues(schema, live ?? { metadata: {} }, next)
  const written = changes.modified.union(changes.added)
  for (const owner of owners) {
    if (owner !== own) owner.fields = owner.fields.difference(written)
    owner.fields = owner.fields.difference(changes.removed)
  }
  own.fields = own.fields.union(written)
  return withOwners(next, owners, written.size > 0 ? [own] : [], writer.time)
}

/** One empty entry takes back what is on the books. Source: apimachinery, managedfields, managedfields.go. */
function isReset(managedFields: unknown): boolean {
  return JSON.stringify(managedFields) === '[{}]'
}

/** What nobody owns when it is first applied counts as an update of this name. */
function formerOwner(schema: Schema, live: KubernetesObject, { apiVersion, time }: Writer): Owner {
  const manager = 'before-first-apply'
  const entry = { manager, operation: 'Update' as const, apiVersion, time, fieldsType: 'FieldsV1' as const }
  const { status: _, ...rest } = live
  return { entry: { ...entry, fieldsV1: {} }, fields: fieldSetOf(schema, rest) }
}

function readOwners(object: KubernetesObject): Owner[] {
  const entries = (object.metadata['managedFields'] ?? []) as ManagedEntry[]
  return entries
    .filter((entry) => entry.manager !== undefined)
    .map((entry) => ({ entry, fields: fromFieldsV1(entry.fieldsV1) }))
}

function ownerOf(owners: Owner[], writer: Writer, operation: ManagedEntry['operation']): Owner {
  const known = owners.find(
    ({ entry }) =>
      entry.manager === writer.manager &&
      entry.operation === operation &&
      entry.subresource === writer.subresource,
  )
  if (known) return known
  const { subresource, ...rest } = writer
  const entry = {
    ...rest,
    operation,
    fieldsType: 'FieldsV1' as const,
    fieldsV1: {},
    ...(subresource === undefined ? {} : { subresource }),
  }
  const owner: Owner = { entry, fields: new Set() }
  owners.push(owner)
  return owner
}

/** Entries whose fields stayed the same keep their time. */
function withOwners(
  object: KubernetesObject,
  owners: Owner[],
  writers: Owner[],
  time: string,
): KubernetesObject {
  const managedFields = owners
    .filter((owner) => owner.fields.size > 0)
    .map((owner) => {
      const fieldsV1 = toFieldsV1(owner.fields)
      const isChanged =
        writers.includes(owner) && JSON.stringify(fieldsV1) !== JSON.stringify(owner.entry.fieldsV1)
      return { ...owner.entry, time: isChanged ? time : owner.entry.time, fieldsV1 }
    })
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

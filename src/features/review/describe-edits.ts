import type { FieldChange, ObjectDiff } from '../../domain/object-diff.ts'
import { clip } from './comment-size.ts'

/** Further edits are counted. */
const mostShown = 3
const longestValue = 48

/** What people look for first; all other fields come after, in the order of the objects. */
const firstFields = ['image', 'tag', 'version', 'replicas']

/**
 * The edits of changed objects in a few words, each once: `image 1.8.0 → 1.9.0`, `replicas 3 → 0`. Empty where objects come,
 * go or change in ways that no word says.
 */
export function describeEdits(objects: readonly ObjectDiff[]): string[] {
  const edits = new Map<string, number>()
  for (const { fields, change } of objects) {
    if (change !== 'changed' && change !== 'renamed') continue
    for (const field of fields) {
      const edit = describeEdit(field)
      if (edit !== undefined && !edits.has(edit)) edits.set(edit, rankOf(nameOf(field)))
    }
  }
  const sorted = [...edits].toSorted(([, left], [, right]) => left - right).map(([edit]) => edit)
  const rest = sorted.length - mostShown
  return rest > 0 ? [...sorted.slice(0, mostShown), `${rest} more`] : sorted
}

/** Metadata repeats what the rest says; of a list without keys, a position says nothing. */
const silentFields = /(^|\.)metadata\.|\[\d+\]/

/** Undefined for what a glance cannot take in: lists, objects, long texts. */
function describeEdit({ field, before, after, isOrder }: FieldChange): string | undefined {
  if (silentFields.test(field)) return undefined
  if (isOrder) return `order of ${clip(nameOf({ field }), longestValue)}`
  const [old, young] = [shorten(before), shorten(after)]
  if (old === undefined || young === undefined) return undefined
  if (isMasked(old) || isMasked(young)) return `${clip(nameOf({ field }), longestValue)} changed`
  const [left, right] = nameOf({ field }) === 'image' ? withoutCommonName(old, young) : [old, young]
  return `${clip(nameOf({ field }), longestValue)} ${clip(left, longestValue)} → ${clip(right, longestValue)}`
}

/** A fingerprint tells nobody anything at a glance. */
function isMasked(value: string): boolean {
  return value.startsWith('‹masked ')
}

/** A value on one line; an absent one has a sign of its own. */
function shorten(value: unknown): string | undefined {
  if (value === undefined) return '∅'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || value.includes('\n') || value.length > 300) return undefined
  return value === '' ? '""' : value
}

/** `spec.template.spec.containers[app].image` → `image`. */
function nameOf({ field }: Pick<FieldChange, 'field'>): string {
  return /([^.[\]]+)(?:\[[^\]]*\])?$/.exec(field)?.[1] ?? field
}

/** Of two images what differs: the versions, without digests that follow a tag, where the name is the same. */
function withoutCommonName(before: string, after: string): [string, string] {
  const [old, young] = [splitImage(before), splitImage(after)]
  return old.name === young.name && old.version !== young.version
    ? [old.version, young.version]
    : [before, after]
}

function splitImage(image: string): { name: string; version: string } {
  const [named = '', digest = ''] = image.split('@', 2)
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash + 1)
  return colon < 0
    ? { name: named, version: digest.slice(0, 19) || '(no tag)' }
    : { name: named.slice(0, colon), version: named.slice(colon + 1) }
}

function rankOf(name: string): number {
  const rank = firstFields.indexOf(name)
  return rank < 0 ? firstFields.length : rank
}

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
    const renames = describeRenames(fields)
    for (const field of fields) {
      const edit = renames.has(field) ? renames.get(field) : describeEdit(field)
      if (edit !== undefined && !edits.has(edit)) edits.set(edit, rankOf(nameOf(field)))
    }
  }
  const sorted = [...edits].toSorted(([, left], [, right]) => left - right).map(([edit]) => edit)
  const rest = sorted.length - mostShown
  return rest > 0 ? [...sorted.slice(0, mostShown), `${rest} more`] : sorted
}

/** Metadata repeats what the rest says; of a list without keys, a position says nothing. */
const silentFields = /(^|\.)metadata\.|\[\d+\]/

/**
 * `nodeSelector disktype → storage` where a key of a map goes and one comes with the same value, and no others could be meant;
 * nothing more of the one that comes.
 */
function describeRenames(fields: readonly FieldChange[]): Map<FieldChange, string | undefined> {
  const told = fields.filter(({ field }) => !silentFields.test(field))
  const renames = new Map<FieldChange, string | undefined>()
  for (const gone of told) {
    const [came, ...others] = told.filter((field) => isRename(gone, field))
    if (!came || others.length > 0 || told.some((field) => field !== gone && isRename(field, came))) continue
    const words = [gone.path?.at(-2), gone.path?.at(-1), came.path?.at(-1)]
    const [map, before, after] = words.map((word) => clip(String(word), longestValue))
    renames.set(gone, `${map} ${before} → ${after}`).set(came, undefined)
  }
  return renames
}

function isRename(gone: FieldChange, came: FieldChange): boolean {
  const [from, to] = [gone.path ?? [], came.path ?? []]
  const areKeys = typeof from.at(-1) === 'string' && typeof to.at(-1) === 'string' && from.length > 1
  const isSameMap = JSON.stringify(from.slice(0, -1)) === JSON.stringify(to.slice(0, -1))
  const isGone = gone.after === undefined && came.before === undefined
  return areKeys && isSameMap && isGone && typeof gone.before === 'string' && gone.before === came.after
}

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

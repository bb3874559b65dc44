import { parseExactly, type ToolObject } from './official-tools.ts'

/** Objects by group, kind, namespace and name; of two with one identity the last one counts, as when they are applied. */
export type Objects = ReadonlyMap<string, Json>
export type Json = null | boolean | number | string | Json[] | { [field: string]: Json }

/** Objects as compared: without what only a server writes. What has no name cannot be applied and is left out. */
export function toObjects(list: readonly ToolObject[]): Objects {
  const named = list.filter(
    (object) => typeof object.metadata?.name === 'string' && object.metadata.name !== '',
  )
  return new Map(named.map((object) => [identity(object), withoutServerFields(object)]))
}

function identity({ apiVersion, kind, metadata }: ToolObject): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return `${group}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}

function withoutServerFields(object: ToolObject): Json {
  const copy = parseExactly(JSON.stringify(object)) as Record<string, Json> & {
    metadata: Record<string, Json>
  }
  if (copy.metadata.creationTimestamp === null) delete copy.metadata.creationTimestamp
  // kubectl prints no namespace where it reads an empty one.
  if (!copy.metadata.namespace) delete copy.metadata.namespace
  if (isEmpty(copy.status)) delete copy.status
  leaveOutOwner(copy.metadata)
  return copy
}

/** `flux build` prints which Kustomization it built; the object in the cluster gets these labels when it is applied. */
function leaveOutOwner(metadata: Record<string, Json>): void {
  const { labels } = metadata
  if (!isFields(labels)) return
  const own = Object.entries(labels).filter(
    ([key]) => !/^kustomize\.toolkit\.fluxcd\.io\/name(?:space)?$/.test(key),
  )
  if (own.length < Object.keys(labels).length && own.length === 0) delete metadata.labels
  else metadata.labels = Object.fromEntries(own)
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || (isFields(value) && Object.keys(value).length === 0)
}

export function isFields(value: Json | undefined): value is { [field: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One text for equal values, whatever the order of their fields. */
export function textOf(value: Json | undefined): string {
  return JSON.stringify(value, (_, each: Json) =>
    isFields(each) ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1))) : each,
  )
}

/** Identities that only one side has, or that differ. */
export function differing(left: Objects, right: Objects): string[] {
  return [...new Set([...left.keys(), ...right.keys()])].filter(
    (key) => textOf(left.get(key)) !== textOf(right.get(key)),
  )
}

/** Where two values differ: dotted, down to the first list on the way. */
export interface ChangedField {
  path: string
  /** A list of the same items in another order: whether a field changes depends on what the list means. */
  isReordered: boolean
}

/** Every place where two values differ; null counts as absent. */
export function changedFields(before: Json | undefined, after: Json | undefined, path = ''): ChangedField[] {
  if (textOf(before ?? null) === textOf(after ?? null)) return []
  if (!isFields(before) || !isFields(after)) return [{ path, isReordered: isReordered(before, after) }]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) =>
    changedFields(before[name], after[name], path ? `${path}.${name}` : name),
  )
}

function isReordered(before: Json | undefined, after: Json | undefined): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return false
  const [left, right] = [before, after].map((list) => list.map(textOf).toSorted().join('\n'))
  return left === right
}

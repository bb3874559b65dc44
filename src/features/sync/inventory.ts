import type { KubernetesObject, ObjectId } from '../../domain/kubernetes-object.ts'
import { objectKey } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant, RepositoryRef, Revision, Sha, Target } from '../../domain/refs.ts'
import { type AppliedRecord } from '../drift/detect-drift.ts'
import { hashOf, metaHash } from '../drift/fingerprint.ts'
import { fromInventoryLines, toInventoryLines } from './inventory-line.ts'
import type { HookRun } from './hook-run.ts'
import { labelValue, ownershipLabels } from './ownership.ts'

/** What one application has on one cluster, object by object. */
export interface Inventory {
  revision: Revision
  digest: Sha
  /** Of the newest signed commit that was applied: nothing from before it is applied any more. 0 where it is not known. */
  sequence: number
  entries: Map<string, InventoryEntry>
  /** Identity of the cluster that it was written on: a restored or replaced one has others. */
  cluster?: string
  /** What the hooks of the newest release have done. */
  run?: HookRun
}

export interface InventoryEntry extends AppliedRecord {
  id: ObjectId
  /** Hash of what was applied; empty: an apply was begun and may or may not have been done. */
  applied: string
  /** For people, as long as it is applied so: what of it is left to others. */
  notes?: string[]
  /** JSON pointers of fields that were left to others: they are not applied any more. */
  yielded?: string[]
}

/** Every inventory carries it, so that all of a cluster are found at once. */
export const inventoryLabels = { 'drawbridge.dev/kind': 'inventory' }

export const inventoryNamespace = 'drawbridge-system'

/** Where a target's inventory is kept on its cluster; `part` where it takes several objects. */
export function inventoryId(target: Target, part?: { index: number; of: number }): ObjectId {
  const name = `drawbridge.${dnsName(target.application)}.${dnsName(target.environment)}`
  const suffix = part && part.index > 0 ? `.${part.index}-of-${part.of}` : ''
  return { group: '', version: 'v1', kind: 'ConfigMap', namespace: inventoryNamespace, name: name + suffix }
}

function dnsName(text: string): string {
  const value = labelValue(text)
  const name = value.toLowerCase().replaceAll('_', '-')
  return name === text ? name : `${name}-${hashOf(text).slice(0, 6)}`
}

/** Characters of one part: a ConfigMap holds a mebibyte, and an entry hardly anything but ASCII. */
const longestPart = 900_000

/**
 * The objects that hold an inventory, the one that says how many there are last: written in this order, a crash between
 * leaves the former ones whole. An entry stays in its part as long as their number is the same.
 */
export function toInventoryObjects(
  repository: RepositoryRef,
  target: Target,
  inventory: Inventory,
  limit = longestPart,
): KubernetesObject[] {
  const entries = [...inventory.entries.values()]
  let parts = [toInventoryLines(entries)]
  while (parts.some((text) => text.length > limit) && parts.length < entries.length)
    parts = splitLines(entries, parts.length * 2)
  return parts
    .map((text, index) => {
      const { namespace, name } = inventoryId(target, { index, of: parts.length })
      const labels = { ...ownershipLabels(repository, target), ...inventoryLabels }
      const owner = { repository: repository.id, target: JSON.stringify(target) }
      const whole = index === 0 ? headOf(inventory, parts.length) : {}
      const data = { ...owner, ...whole, entries: text }
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data }
    })
    .toReversed()
}

function splitLines(entries: readonly InventoryEntry[], count: number): string[] {
  const groups = Map.groupBy(
    entries,
    ({ id }) => Number.parseInt(hashOf(objectKey(id)).slice(0, 6), 16) % count,
  )
  return Array.from({ length: count }, (_, index) => toInventoryLines(groups.get(index) ?? []))
}

function headOf(inventory: Inventory, parts: number): Record<string, string> {
  const { revision, digest, sequence, cluster, run } = inventory
  return {
    revision,
    digest,
    sequence: String(sequence),
    ...(parts > 1 && { parts: String(parts) }),
    ...(cluster !== undefined && { cluster }),
    ...(run && { hooks: JSON.stringify(run) }),
  }
}

function dataOf(object: KubernetesObject): Record<string, string | undefined> {
  return (object['data'] ?? {}) as Record<string, string | undefined>
}

/** The objects of a target's inventory that are there, the first one first; `get` finds one by its id. */
export function inventoryObjects(
  target: Target,
  get: (id: ObjectId) => KubernetesObject | undefined,
): KubernetesObject[] {
  const first = get(inventoryId(target))
  if (first === undefined) return []
  const of = Number(dataOf(first)['parts'] ?? 1) || 1
  const others = Array.from({ length: of - 1 }, (_, index) =>
    get(inventoryId(target, { index: index + 1, of })),
  )
  return [first, ...others.filter((one) => one !== undefined)]
}

/** Reads it back; undefined where it is not one of ours, damaged, or a part of it is missing. */
export function parseInventory(objects: readonly KubernetesObject[]): Inventory | undefined {
  const [first] = objects
  const data = first ? dataOf(first) : {}
  if (data['revision'] === undefined || data['digest'] === undefined) return undefined
  if (Number(data['parts'] ?? 1) !== objects.length) return undefined
  try {
    const entries = objects.flatMap((object) => fromInventoryLines(dataOf(object)['entries'] ?? ''))
    return {
      revision: data['revision'],
      digest: data['digest'],
      sequence: Number(data['sequence']) || 0,
      ...(data['cluster'] !== undefined && { cluster: data['cluster'] }),
      entries: new Map(entries.map((entry) => [objectKey(entry.id), entry])),
      ...(data['hooks'] !== undefined && { run: JSON.parse(data['hooks']) as HookRun }),
    }
  } catch {
    return undefined
  }
}

/** The kinds that an object of an inventory names; none where it is damaged. */
export function recordedKinds(object: KubernetesObject): { group: string; kind: string }[] {
  try {
    return fromInventoryLines(dataOf(object)['entries'] ?? '').map(({ id }) => id)
  } catch {
    return []
  }
}

export function isInventory(object: KubernetesObject): boolean {
  return Object.entries(inventoryLabels).every(([key, value]) => object.metadata.labels?.[key] === value)
}

export interface InventoryOwner {
  repositoryId: string
  target: Target
}

/** Whose inventory it is; undefined where it does not say. */
export function inventoryOwner(object: KubernetesObject): InventoryOwner | undefined {
  const data = dataOf(object)
  try {
    const target = JSON.parse(data['target'] ?? '') as Target
    return data['repository'] === undefined ? undefined : { repositoryId: data['repository'], target }
  } catch {
    return undefined
  }
}

/** The record of an object that was just applied. `digest` is that of the whole release. */
export function recordApplied(
  id: ObjectId,
  applied: KubernetesObject,
  live: LiveObject,
  digest: Sha,
  now: Instant,
): InventoryEntry {
  const { generation, resourceVersion } = live.metadata
  return {
    id,
    uid: live.metadata.uid ?? '',
    applied: appliedHash(applied, digest),
    fields: live.fields,
    meta: metaHash(applied, live),
    ...(generation === undefined ? { version: resourceVersion } : { generation }),
    at: now,
  }
}

/** A Secret's content leaves no hash behind that could be guessed at: it counts as changed with every release. */
export function appliedHash(applied: KubernetesObject, digest: Sha): string {
  if (applied.kind === 'Secret') return digest
  const hash = hashes.get(applied) ?? hashOf(applied)
  hashes.set(applied, hash)
  return hash
}

// An object that is prepared for applying is never changed: its hash is asked for when it is planned, and when it is recorded.
const hashes = new WeakMap<KubernetesObject, string>()

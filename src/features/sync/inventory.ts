import type { KubernetesObject, ObjectId } from '../../domain/kubernetes-object.ts'
import { objectKey } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant, RepositoryRef, Revision, Sha, Target } from '../../domain/refs.ts'
import { type AppliedRecord } from '../drift/detect-drift.ts'
import { hashOf, metaHash } from '../drift/fingerprint.ts'
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

/** Where a target's inventory is kept on its cluster. */
export function inventoryId(target: Target): ObjectId {
  const name = `drawbridge.${dnsName(target.application)}.${dnsName(target.environment)}`
  return { group: '', version: 'v1', kind: 'ConfigMap', namespace: inventoryNamespace, name }
}

function dnsName(text: string): string {
  const value = labelValue(text)
  const name = value.toLowerCase().replaceAll('_', '-')
  return name === text ? name : `${name}-${hashOf(text).slice(0, 6)}`
}

export function toInventoryObject(
  repository: RepositoryRef,
  target: Target,
  inventory: Inventory,
): KubernetesObject {
  const { namespace, name } = inventoryId(target)
  const entries = [...inventory.entries.values()].toSorted((a, b) =>
    objectKey(a.id) < objectKey(b.id) ? -1 : 1,
  )
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { ...ownershipLabels(repository, target), ...inventoryLabels },
    },
    data: {
      repository: repository.id,
      target: JSON.stringify(target),
      revision: inventory.revision,
      digest: inventory.digest,
      sequence: String(inventory.sequence),
      ...(inventory.cluster !== undefined && { cluster: inventory.cluster }),
      entries: entries.map((entry) => JSON.stringify(entry)).join('\n'),
      ...(inventory.run && { hooks: JSON.stringify(inventory.run) }),
    },
  }
}

/** Reads it back; undefined where it is not one of ours or damaged. */
export function parseInventory(object: KubernetesObject): Inventory | undefined {
  const data = (object['data'] ?? {}) as Record<string, string | undefined>
  if (data['revision'] === undefined || data['digest'] === undefined) return undefined
  try {
    const lines = (data['entries'] ?? '').split('\n').filter((line) => line !== '')
    const entries = lines.map((line) => JSON.parse(line) as InventoryEntry)
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

export function isInventory(object: KubernetesObject): boolean {
  return Object.entries(inventoryLabels).every(([key, value]) => object.metadata.labels?.[key] === value)
}

export interface InventoryOwner {
  repositoryId: string
  target: Target
}

/** Whose inventory it is; undefined where it does not say. */
export function inventoryOwner(object: KubernetesObject): InventoryOwner | undefined {
  const data = (object['data'] ?? {}) as Record<string, string | undefined>
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
  return applied.kind === 'Secret' ? digest : hashOf(applied)
}

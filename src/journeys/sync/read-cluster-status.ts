import { type Health, worstHealth } from '../../domain/health.ts'
import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import { type Instant, type Revision, type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation, Pause } from '../../domain/release.ts'
import { clockOffset } from '../../features/health/clock-offset.ts'
import { objectTree, type ObjectNode } from '../../features/status/object-tree.ts'
import {
  type Inventory,
  inventoryLabels,
  inventoryObjects,
  inventoryOwner,
  parseInventory,
} from '../../features/sync/inventory.ts'
import { findAttestation } from '../../features/attestation/find-attestation.ts'
import { pauseOf } from '../../features/sync/pause-of.ts'
import { ownerLabel } from '../../features/sync/ownership.ts'
import type { Cluster } from '../../ports/cluster.ts'

/** How a target is, as its cluster says. */
export interface TargetStatus {
  target: Target
  /** What was applied last; empty: nothing was applied whole yet. */
  revision: Revision
  /** Where the rendered ref is at hand. `gone`: it names the target no more. */
  state?: 'current' | 'behind' | 'gone'
  /** What the rendered ref says. */
  attested?: Revision
  /** By the rendered ref it is left as it is. */
  pause?: Pause
  health: Health
  objects: ObjectNode[]
}

/** What the rendered refs of a clone say. */
export interface Rendered {
  attestations: readonly Attestation[]
  pauses: readonly Pause[]
}

export interface StatusFilter {
  application?: string
  environment?: string
}

/** What controllers make of the objects of a release. */
const childKinds = [
  { group: 'apps', kind: 'ReplicaSet' },
  { group: 'batch', kind: 'Job' },
  { group: '', kind: 'Pod' },
]

/**
 * Reads the inventories of a cluster and what they list; needs no more than to read. With what the rendered refs say,
 * it says what is behind them, and what is paused. One list for each kind in use.
 */
export async function readClusterStatus(
  cluster: Pick<Cluster, 'list' | 'clockSkew'>,
  filter: StatusFilter,
  options: { rendered?: Rendered; withChildren?: boolean },
  now: Instant,
): Promise<TargetStatus[]> {
  const { objects } = await cluster.list({ group: '', kind: 'ConfigMap' }, inventoryLabels)
  const byKey = new Map(objects.map((object) => [objectKey(objectId(object)), object]))
  const targets = objects.flatMap((object) => inventoryOwner(object)?.target ?? [])
  const known = new Map(targets.map((target) => [targetKey(target), target]))
  const found = [...known.values()].flatMap((target) => {
    const parts = inventoryObjects(target, (id) => byKey.get(objectKey(id)))
    const inventory = parseInventory(parts)
    const owner = parts[0]?.metadata.labels?.[ownerLabel] ?? ''
    return inventory && isMeant(target, filter) ? [{ target, inventory, owner }] : []
  })
  const live = await readLive(cluster, found)
  const others = options.withChildren ? await readChildren(cluster) : []
  const nowThere = now + clockOffset(cluster.clockSkew())
  return found
    .map(({ target, inventory }) => {
      const nodes = [...inventory.entries.values()]
        // A Job that completed may have been cleaned up.
        .filter(({ id, isFinished }) => live.has(objectKey(id)) || !isFinished)
        .map(({ id }) => objectTree(id, live.get(objectKey(id)), others, nowThere))
      return {
        ...toStatus(target, inventory, options.rendered, nowThere),
        health: healthOfAll(nodes),
        objects: nodes,
      }
    })
    .toSorted((a, b) => (targetKey(a.target) < targetKey(b.target) ? -1 : 1))
}

function isMeant(target: Target, { application, environment }: StatusFilter): boolean {
  return (
    (application === undefined || target.application === application) &&
    (environment === undefined || target.environment === environment)
  )
}

async function readLive(
  cluster: Pick<Cluster, 'list'>,
  found: { inventory: Inventory; owner: string }[],
): Promise<Map<string, KubernetesObject>> {
  const wanted = new Map<string, { group: string; kind: string; owner: string }>()
  for (const { inventory, owner } of found)
    for (const { id } of inventory.entries.values())
      wanted.set(`${owner} ${id.group}/${id.kind}`, { group: id.group, kind: id.kind, owner })
  const lists = await Promise.all(
    [...wanted.values()].map(({ group, kind, owner }) =>
      cluster.list({ group, kind }, { [ownerLabel]: owner }),
    ),
  )
  return new Map(
    lists.flatMap(({ objects }) => objects).map((object) => [objectKey(objectId(object)), object]),
  )
}

async function readChildren(cluster: Pick<Cluster, 'list'>): Promise<KubernetesObject[]> {
  const lists = await Promise.all(childKinds.map((kind) => cluster.list(kind, {})))
  return lists.flatMap(({ objects }) => objects)
}

function healthOfAll(nodes: readonly ObjectNode[]): Health {
  return worstHealth(
    nodes.map(({ id, health }) => ({
      ...health,
      reason: health.status === 'Missing' ? `${id.kind} ${id.name} is not there` : health.reason,
    })),
  )
}

function toStatus(
  target: Target,
  { revision, digest }: Inventory,
  rendered: Rendered | undefined,
  now: Instant,
): Pick<TargetStatus, 'target' | 'revision' | 'state' | 'attested' | 'pause'> {
  if (rendered === undefined) return { target, revision }
  const pause = pauseOf(rendered.pauses, target, now)
  const known = { target, revision, ...(pause && { pause }) }
  const attestation = findAttestation(rendered.attestations, target)
  if (attestation === undefined) return { ...known, state: 'gone' }
  const state = attestation.digest === digest ? 'current' : 'behind'
  return { ...known, state, attested: attestation.revision }
}

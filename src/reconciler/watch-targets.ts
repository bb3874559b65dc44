import { type KubernetesObject, objectId, objectKey } from '../domain/kubernetes-object.ts'
import type { Instant, Target } from '../domain/refs.ts'
import { fieldsHash, hashOf } from '../features/drift/fingerprint.ts'
import { assessHealth } from '../features/health/assess-health.ts'
import { inventoryLabels, inventoryOwner, parseInventory } from '../features/sync/inventory.ts'
import { applicationLabel, fieldManager, ownerLabel } from '../features/sync/ownership.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster, WatchEvent } from '../ports/cluster.ts'

/** Something of this target changed on the cluster: look again. */
export interface Hint {
  repositoryId: string
  target: Target
}

/**
 * Watches everything of ours on one cluster until `signal` aborts: the inventories tell which kinds are in use and
 * whose they are; each kind is watched by label. Hints are given for what can change an answer: our fields, labels,
 * existence and health; never for a status that only ticks.
 */
export function watchTargets(
  cluster: Cluster,
  clock: Pick<Clock, 'now'>,
  onHint: (hint: Hint) => void,
  signal: AbortSignal,
): Promise<void> {
  const targets = new Map<string, Hint>()
  const watched = new Set<string>()
  const watchKind = (group: string, kind: string, owner: string) => {
    const key = `${owner}/${group}/${kind}`
    if (watched.has(key)) return
    watched.add(key)
    const watch = watchChanges(clock, (object) => {
      const hint = targets.get(targetOf(object))
      if (hint !== undefined) onHint(hint)
    })
    void cluster.watch({ group, kind }, { [ownerLabel]: owner }, watch, signal)
  }
  const onInventory = ({ type, object }: WatchEvent) => {
    const owner = inventoryOwner(object)
    if (owner === undefined) return
    targets.set(targetOf(object), owner)
    if (type === 'DELETED') return onHint(owner)
    for (const { id } of parseInventory(object)?.entries.values() ?? [])
      watchKind(id.group, id.kind, object.metadata.labels?.[ownerLabel] ?? '')
  }
  return cluster.watch({ group: '', kind: 'ConfigMap' }, inventoryLabels, { onEvent: onInventory }, signal)
}

/** Owner and application, as the labels say. */
function targetOf(object: KubernetesObject): string {
  const { labels = {} } = object.metadata
  return `${labels[ownerLabel]}/${labels[applicationLabel]}`
}

/** Handlers that tell only changes that matter, and nothing of the first list: a sweep looks at everything anyway. */
function watchChanges(
  clock: Pick<Clock, 'now'>,
  onChange: (object: KubernetesObject) => void,
): { onEvent(event: WatchEvent): void; onSynced(): void } {
  const seen = new Map<string, string>()
  let isSynced = false
  return {
    onEvent({ type, object }) {
      if (isInventory(object)) return
      const key = objectKey(objectId(object))
      const print = type === 'DELETED' ? undefined : essence(object, clock.now())
      const isNews = seen.get(key) !== print
      if (print === undefined) seen.delete(key)
      else seen.set(key, print)
      if (isSynced && (isNews || type === 'DELETED')) onChange(object)
    },
    onSynced() {
      isSynced = true
    },
  }
}

function isInventory(object: KubernetesObject): boolean {
  return Object.entries(inventoryLabels).every(([key, value]) => object.metadata.labels?.[key] === value)
}

/** What an answer about the object depends on. */
function essence(object: KubernetesObject, now: Instant): string {
  const { uid, generation, labels, annotations, deletionTimestamp } = object.metadata
  const { status } = assessHealth(object, now)
  return hashOf([
    uid,
    generation,
    labels,
    annotations,
    deletionTimestamp,
    status,
    fieldsHash(object, fieldManager),
  ])
}

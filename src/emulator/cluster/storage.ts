import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { StatusError } from './status-error.ts'

export interface StorageEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** Group and kind: `apps/Deployment`. */
  kind: string
  revision: number
  object: KubernetesObject
  previous?: KubernetesObject
}

/** etcd in a box: one revision for everything, a bounded history for watches. */
export interface Storage {
  revision(): number
  get(kind: string, namespace: string, name: string): KubernetesObject | undefined
  list(kind: string): KubernetesObject[]
  /** What there was at a revision; 410 where the history no longer reaches back so far. */
  listAt(kind: string, revision: number): KubernetesObject[]
  /** Stores and stamps the resourceVersion. */
  put(kind: string, object: KubernetesObject): KubernetesObject
  remove(kind: string, object: KubernetesObject): void
  /** Events after a revision; 410 where the history no longer reaches back so far. */
  since(revision: number): StorageEvent[]
  subscribe(listener: (event: StorageEvent) => void): () => void
  /** Forgets the history, as etcd's compaction does. */
  compact(): void
}

/** Events kept for watches that resume. */
const historyLength = 5000

export function createStorage(): Storage {
  const kinds = new Map<string, Map<string, KubernetesObject>>()
  const listeners = new Set<(event: StorageEvent) => void>()
  let history: StorageEvent[] = []
  let revision = 1
  let compactedUpTo = 0

  const objectsOf = (kind: string) => {
    const known = kinds.get(kind) ?? new Map<string, KubernetesObject>()
    kinds.set(kind, known)
    return known
  }
  const record = (event: StorageEvent) => {
    history.push(event)
    if (history.length > historyLength) {
      compactedUpTo = history[0]!.revision
      history = history.slice(1)
    }
    for (const listener of listeners) listener(event)
  }
  const stamp = (object: KubernetesObject): KubernetesObject => {
    revision += 1
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
  }

  const since = (from: number) => {
    if (from < compactedUpTo)
      throw new StatusError(410, 'Expired', `too old resource version: ${from} (${compactedUpTo})`)
    return history.filter((event) => event.revision > from)
  }
  const inOrder = (objects: Map<string, KubernetesObject>) =>
    [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)

  return {
    revision: () => revision,
    get: (kind, namespace, name) => objectsOf(kind).get(keyOf(namespace, name)),
    list: (kind) => inOrder(objectsOf(kind)),
    listAt(kind, at) {
      const objects = new Map(objectsOf(kind))
      for (const event of since(at).toReversed()) {
        if (event.kind !== kind) continue
        const key = keyOf(event.object.metadata.namespace ?? '', event.object.metadata.name)
        if (event.previous === undefined) objects.delete(key)
        else objects.set(key, event.previous)
      }
      return inOrder(objects)
    },
    put(kind, object) {
      const key = keyOf(object.metadata.namespace ?? '', object.metadata.name)
      const previous = objectsOf(kind).get(key)
      const stored = stamp(object)
      objectsOf(kind).set(key, stored)
      record({ type: previous ? 'MODIFIED' : 'ADDED', kind, revision, object: stored, previous })
      return stored
    },
    remove(kind, object) {
      objectsOf(kind).delete(keyOf(object.metadata.namespace ?? '', object.metadata.name))
      record({ type: 'DELETED', kind, object: stamp(object), revision, previous: object })
    },
    since,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    compact() {
      history = []
      compactedUpTo = revision
    },
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

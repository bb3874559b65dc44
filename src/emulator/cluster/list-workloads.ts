import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isReady } from './pod-controllers.ts'
import { ownersOf } from './controller-context.ts'
import type { Storage } from './storage.ts'

/** Where objects are looked up by group and kind. */
export type ObjectSource = Pick<Storage, 'list' | 'get'>

/** Pods of one version of one workload that serve now. */
export interface Workload {
  namespace: string
  /** The Deployment, StatefulSet or DaemonSet. */
  name: string
  /** Of the pods. */
  labels: Record<string, string>
  image: string
  /** The label `version` or `app.kubernetes.io/version`, else the image's tag. */
  version: string
  readyReplicas: number
}

/** What runs, per workload and version: two rows of one name while a roll-out is under way. */
export function listWorkloads(storage: ObjectSource): Workload[] {
  const rows = new Map<string, Workload>()
  for (const pod of storage.list('/Pod').filter(isReady)) {
    const name = workloadName(pod, storage)
    const image = imageOf(pod)
    const labels = pod.metadata.labels ?? {}
    const version = labels['version'] ?? labels['app.kubernetes.io/version'] ?? tagOf(image)
    const key = [pod.metadata.namespace, name, version, image].join('/')
    const row = rows.get(key) ?? {
      namespace: pod.metadata.namespace ?? '',
      name,
      labels,
      image,
      version,
      readyReplicas: 0,
    }
    rows.set(key, { ...row, readyReplicas: row.readyReplicas + 1 })
  }
  return [...rows.values()]
}

function imageOf(pod: KubernetesObject): string {
  const { containers } = pod['spec'] as { containers: { image: string }[] }
  return containers[0]?.image ?? ''
}

function tagOf(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1).split('@')[0]!
  return name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'latest'
}

function workloadName(pod: KubernetesObject, storage: ObjectSource): string {
  const owner = ownersOf(pod)[0]
  if (owner === undefined) return pod.metadata.name
  if (owner.kind !== 'ReplicaSet') return owner.name
  const set = storage.get('apps/ReplicaSet', pod.metadata.namespace ?? '', owner.name)
  return (set && ownersOf(set)[0]?.name) ?? owner.name
}

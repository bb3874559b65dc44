import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Neighbours } from './neighbours.ts'
import { valueAt } from './pod-template.ts'

const scaled = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout'])

/**
 * How many pods a workload is to have: as written, else the least of its autoscaler, else one. Undefined for kinds whose number
 * is not in the manifest.
 */
export function replicasOf(object: KubernetesObject, neighbours: Neighbours): number | undefined {
  if (object.kind === 'Pod') return 1
  if (!scaled.has(object.kind)) return undefined
  const written = valueAt(object, ['spec', 'replicas'])
  if (written !== undefined && written !== null) return toCount(written)
  const autoscaler = neighbours.autoscalerOf(object)
  return autoscaler ? (toCount(valueAt(autoscaler, ['spec', 'minReplicas'])) ?? 1) : 1
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { valueAt } from './pod-template.ts'

const scaled = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout'])

/**
 * How many pods a workload is to have: as written, else the least of its autoscaler, else one. Undefined for kinds whose number
 * is not in the manifest.
 */
export function replicasOf(
  object: KubernetesObject,
  neighbours: readonly KubernetesObject[],
): number | undefined {
  if (object.kind === 'Pod') return 1
  if (!scaled.has(object.kind)) return undefined
  const written = valueAt(object, ['spec', 'replicas'])
  if (written !== undefined && written !== null) return toCount(written)
  const autoscaler = autoscalerOf(object, neighbours)
  return autoscaler ? (toCount(valueAt(autoscaler, ['spec', 'minReplicas'])) ?? 1) : 1
}

/** The HorizontalPodAutoscaler among the neighbours that scales an object. */
export function autoscalerOf(
  object: KubernetesObject,
  neighbours: readonly KubernetesObject[],
): KubernetesObject | undefined {
  return neighbours.find(
    (other) =>
      other.kind === 'HorizontalPodAutoscaler' &&
      other.metadata.namespace === object.metadata.namespace &&
      valueAt(other, ['spec', 'scaleTargetRef', 'kind']) === object.kind &&
      valueAt(other, ['spec', 'scaleTargetRef', 'name']) === object.metadata.name,
  )
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

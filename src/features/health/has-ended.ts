import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { conditionOf, valueAt } from './object-status.ts'

/** Whether a Job or a Pod has come to its end, good or bad; other kinds have none. */
export function hasEnded(object: KubernetesObject): boolean {
  if (object.kind === 'Job')
    return ['Complete', 'Failed'].some((type) => conditionOf(object, type)?.status === 'True')
  const phase = valueAt(object, 'status', 'phase')
  return object.kind === 'Pod' && (phase === 'Succeeded' || phase === 'Failed')
}

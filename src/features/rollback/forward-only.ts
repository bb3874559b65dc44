import type { KubernetesObject } from '../../domain/kubernetes-object.ts'

/** As annotation or label, with the value `forward-only`: no rule takes back what changes this object. */
export const rollbackMark = 'drawbridge.dev/rollback'

export function isForwardOnly(object: KubernetesObject | undefined): boolean {
  const { annotations, labels } = object?.metadata ?? {}
  return [annotations, labels].some((marks) => marks?.[rollbackMark] === 'forward-only')
}

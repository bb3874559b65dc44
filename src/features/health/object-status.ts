import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

export const healthy: Health = { status: 'Healthy', reason: '' }

export function progressing(reason: string): Health {
  return { status: 'Progressing', reason }
}

export function degraded(reason: string): Health {
  return { status: 'Degraded', reason }
}

export function conditionsOf(object: KubernetesObject): Condition[] {
  const status = object['status'] as { conditions?: unknown } | undefined
  return Array.isArray(status?.conditions) ? (status.conditions as Condition[]) : []
}

export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

/** A number of `spec` or `status`; undefined where it is not there. */
export function numberAt(
  object: KubernetesObject,
  part: 'spec' | 'status',
  field: string,
): number | undefined {
  const value = (object[part] as Record<string, unknown> | undefined)?.[field]
  return typeof value === 'number' ? value : undefined
}

export function valueAt(object: KubernetesObject, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (node, field) => (node as Record<string, unknown> | null | undefined)?.[field],
    object,
  )
}

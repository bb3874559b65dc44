import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
  observedGeneration?: number
}

export const healthy: Health = { status: 'Healthy', reason: '' }

export function progressing(reason: string): Health {
  return { status: 'Progressing', reason }
}

export function degraded(reason: string): Health {
  return { status: 'Degraded', reason }
}

export function conditionsOf(object: KubernetesObject): Condition[] {
  const conditions = valueAt(object, 'status', 'conditions')
  if (!Array.isArray(conditions)) return []
  return conditions.filter(
    (one): one is Condition => typeof one === 'object' && one !== null && typeof one.type === 'string',
  )
}

export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

/** Messages are for people; some controllers put whole answers of other systems into them. */
const longestMessage = 300

/** `Ready is False (DoesNotExist): the secret shop/tls is not there` */
export function describeCondition({ type, status, reason, message }: Condition): string {
  const why = reason ? ` (${reason})` : ''
  const text = message?.trim() ? `: ${clip(message.trim())}` : ''
  return `${type} is ${status}${why}${text}`
}

export function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line
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

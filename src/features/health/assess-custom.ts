import type { HealthStatus } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { toCel } from '../policy/cel.ts'
import type { Assessment } from './assess-health.ts'
import {
  type CustomRule,
  type HealthQuestion,
  healthQuestions,
  isTooLarge,
  isTrue,
  textOf,
} from './health-rule.ts'
import {
  clip,
  conditionOf,
  conditionsOf,
  degraded,
  describeCondition,
  healthy,
  progressing,
} from './object-status.ts'

const statusOf: Record<HealthQuestion, HealthStatus> = {
  progressing: 'Progressing',
  degraded: 'Degraded',
  suspended: 'Suspended',
  healthy: 'Healthy',
}

/** By a rule in CEL: the first question that is true decides; none is progress, never health. */
export function assessByRule(rule: CustomRule, object: KubernetesObject): Assessment {
  if (isTooLarge(rule, object)) return { status: 'Unknown', reason: 'is too large for its health rule' }
  const bindings = toBindings(object)
  const question = healthQuestions.find((one) => isTrue(rule.programs[one], bindings))
  if (question === 'healthy') return healthy
  const said = clip(textOf(rule.programs.message, bindings))
  const reason = said || describeConditions(object) || (question ?? 'its controller has not said how it is')
  return { status: question === undefined ? 'Progressing' : statusOf[question], reason }
}

/** Every map is there, so that a rule asks for a field and not for each step to it. */
function toBindings(object: KubernetesObject): Record<string, unknown> {
  const { managedFields: _, ...metadata } = object.metadata
  const conditions = Object.fromEntries(conditionsOf(object).map((one) => [one.type, one]))
  return {
    object: toCel({ ...object, metadata }),
    metadata: toCel(metadata),
    spec: toCel(object['spec'] ?? {}),
    status: toCel(object['status'] ?? {}),
    conditions: toCel(conditions),
  }
}

/** The condition that explains most: what is ready or not, else the first that is not true and says why. */
function describeConditions(object: KubernetesObject): string {
  const conditions = conditionsOf(object)
  const unmet = conditions.filter(({ status }) => status !== 'True')
  const told = unmet.find(({ type }) => type === 'Ready') ?? unmet.find(({ message }) => message) ?? unmet[0]
  return told === undefined ? '' : describeCondition(told)
}

/** A controller writes its first word within this time; nothing said until then is no good news. */
export const graceMs = 10_000

/**
 * Kinds without a rule: `Ready` decides, at the generation that it was said of; an object on which no controller has said
 * anything is healthy after the grace time, because many kinds never say anything.
 */
export function assessUnknownKind(object: KubernetesObject, now: Instant): Assessment {
  const synced = conditionOf(object, 'Synced')
  if (synced?.status === 'False' && synced.reason === 'ReconcileError')
    return degraded(describeCondition(synced))
  const ready = conditionOf(object, 'Ready')
  const { generation } = object.metadata
  if (ready?.observedGeneration !== undefined && generation !== undefined)
    if (ready.observedGeneration < generation) return progressing(`generation ${generation} is not seen yet`)
  if (ready !== undefined && ready.status !== 'True') return progressing(describeCondition(ready))
  const status = object['status'] as { observedGeneration?: unknown } | undefined
  const isSilent = status?.observedGeneration === undefined && conditionsOf(object).length === 0
  return isSilent ? assessSilent(object, now) : healthy
}

/** A server's clock may be off; what seems to come from the future is given no more than the grace time either. */
function assessSilent(object: KubernetesObject, now: Instant): Assessment {
  const age = now - Date.parse(String(object.metadata['creationTimestamp'] ?? ''))
  if (!(Math.abs(age) < graceMs)) return healthy
  return { ...progressing('its controller has not said anything yet'), changesAt: now - age + graceMs }
}

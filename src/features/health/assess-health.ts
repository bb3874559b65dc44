import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { formatObjectId, objectId } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { assessByRule, assessUnknownKind } from './assess-custom.ts'
import { builtInRules } from './built-in-rules.ts'
import { type HealthRules } from './health-rule.ts'
import { conditionsOf, degraded, describeCondition, progressing } from './object-status.ts'
import { shippedRules } from './shipped-rules.ts'

export interface Assessment extends Health {
  /** When time alone changes it, so that somebody looks again. */
  changesAt?: Instant
}

/**
 * How one live object is doing. First what holds for every kind, then the rule of its kind: the configuration's (`rules`),
 * Kubernetes' own, one that ships, and for any other kind its condition `Ready`.
 * Source: kubernetes-sigs/cli-utils, pkg/kstatus/status, with two corrections: a Job is healthy only when it is complete
 * (or suspended on purpose), and a failed Pod is degraded.
 */
export function assessHealth(object: KubernetesObject, now: Instant, rules?: HealthRules): Assessment {
  const health = assessAnyKind(object) ?? assessKind(object, now, rules)
  if (health.reason === '') return health
  return { ...health, reason: `${formatObjectId(objectId(object))}: ${health.reason}` }
}

function assessKind(object: KubernetesObject, now: Instant, rules: HealthRules | undefined): Assessment {
  const { group, kind } = objectId(object)
  const own = rules?.find(group, kind)
  if (own !== undefined) return assessByRule(own, object)
  const builtIn = builtInRules.get(`${group}/${kind}`)
  if (builtIn !== undefined) return builtIn(object, now)
  const shipped = shippedRules().find(group, kind)
  return shipped === undefined ? assessUnknownKind(object, now) : assessByRule(shipped, object)
}

/** What holds for every kind, before its own rule is asked. */
function assessAnyKind(object: KubernetesObject): Assessment | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return assessTerminating(object)
  const status = object['status'] as { observedGeneration?: unknown } | undefined
  const observed = status?.observedGeneration
  const { generation } = object.metadata
  // Argo Rollouts writes the number as text.
  const isBehind = observed !== undefined && generation !== undefined && Number(observed) !== generation
  if (isBehind) return progressing(`generation ${generation} is not seen yet (${String(observed)} is)`)
  for (const condition of conditionsOf(object)) {
    if (condition.status !== 'True') continue
    if (condition.type === 'Reconciling') return progressing(describeCondition(condition))
    if (condition.type === 'Stalled') return degraded(describeCondition(condition))
  }
  return undefined
}

/** Waiting for finalizers; a namespace says besides what is left in it. */
function assessTerminating(object: KubernetesObject): Assessment {
  const { finalizers } = object.metadata as { finalizers?: string[] }
  const waits =
    Array.isArray(finalizers) && finalizers.length > 0 ? `, waits for ${finalizers.join(', ')}` : ''
  const left =
    object.kind === 'Namespace' ? conditionsOf(object).filter(({ status }) => status === 'True') : []
  const why = left.map((condition) => `; ${describeCondition(condition)}`).join('')
  return progressing(`is being deleted${waits}${why}`)
}

/** An object that should be there and is not. */
export function missing(object: KubernetesObject): Health {
  return { status: 'Missing', reason: `${formatObjectId(objectId(object))}: is not there` }
}

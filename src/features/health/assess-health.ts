import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { formatObjectId, objectId } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { healthRules, readyConditionRule } from './health-rules.ts'
import { conditionsOf, degraded, progressing } from './object-status.ts'

/**
 * How one live object is doing.
 * kstatus (github.com/kubernetes-sigs/cli-utils, pkg/kstatus) with two corrections: a Job is healthy only when it is
 * complete (or suspended on purpose), and a failed Pod is degraded.
 */
export function assessHealth(object: KubernetesObject, now: Instant): Health {
  const { kind, apiVersion } = object
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const rule = healthRules.get(`${group}/${kind}`) ?? readyConditionRule
  const health = assessAnyKind(object) ?? rule(object, now)
  if (health.reason === '') return health
  return { ...health, reason: `${formatObjectId(objectId(object))}: ${health.reason}` }
}

/** What holds for every kind, before its own rule is asked. */
function assessAnyKind(object: KubernetesObject): Health | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return progressing('is being deleted')
  const status = object['status'] as { observedGeneration?: number } | undefined
  const observed = status?.observedGeneration
  if (observed !== undefined && observed !== object.metadata.generation)
    return progressing(`generation ${object.metadata.generation} is not seen yet (${observed} is)`)
  const conditions = conditionsOf(object)
  const reconciling = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True')
  if (reconciling) return progressing(reconciling.message || reconciling.reason || 'is reconciling')
  const stalled = conditions.find(({ type, status }) => type === 'Stalled' && status === 'True')
  if (stalled) return degraded(stalled.message || stalled.reason || 'is stalled')
  return undefined
}

/** An object that should be there and is not. */
export function missing(object: KubernetesObject): Health {
  return { status: 'Missing', reason: `${formatObjectId(objectId(object))}: is not there` }
}

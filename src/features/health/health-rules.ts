import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { conditionOf, degraded, healthy, numberAt, progressing, valueAt } from './object-status.ts'
import { assessPod } from './pod-health.ts'
import { assessDaemonSet, assessDeployment, assessReplicaSet, assessStatefulSet } from './workload-health.ts'

export type HealthRule = (object: KubernetesObject, now: Instant) => Health

const always: HealthRule = () => healthy

/** By group and kind. Kinds that are not here are judged by their condition `Ready`. */
export const healthRules = new Map<string, HealthRule>(
  Object.entries<HealthRule>({
    'apps/Deployment': assessDeployment,
    'apps/StatefulSet': assessStatefulSet,
    'apps/DaemonSet': assessDaemonSet,
    'apps/ReplicaSet': assessReplicaSet,
    'batch/Job': assessJob,
    'batch/CronJob': always,
    '/Pod': assessPod,
    '/PersistentVolumeClaim': assessClaim,
    '/Service': assessService,
    '/ConfigMap': always,
    '/Secret': always,
    '/ServiceAccount': always,
    '/Namespace': always,
    'policy/PodDisruptionBudget': always,
    'rbac.authorization.k8s.io/Role': always,
    'rbac.authorization.k8s.io/RoleBinding': always,
    'rbac.authorization.k8s.io/ClusterRole': always,
    'rbac.authorization.k8s.io/ClusterRoleBinding': always,
    'apiextensions.k8s.io/CustomResourceDefinition': assessDefinition,
  }),
)

/** Custom kinds: `Ready` decides; one without that condition is healthy. */
export function readyConditionRule(object: KubernetesObject): Health {
  const ready = conditionOf(object, 'Ready')
  if (ready === undefined || ready.status === 'True') return healthy
  return progressing(ready.message || ready.reason || 'is not ready')
}

function assessJob(object: KubernetesObject): Health {
  const isTrue = (type: string) => conditionOf(object, type)?.status === 'True'
  if (isTrue('Complete')) return healthy
  if (isTrue('Failed'))
    return degraded(`failed (${conditionOf(object, 'Failed')?.reason ?? 'no reason given'})`)
  if (isTrue('Suspended') && valueAt(object, 'spec', 'suspend') === true)
    return { status: 'Suspended', reason: 'is suspended' }
  return progressing(numberAt(object, 'status', 'active') ? 'is running' : 'has not started')
}

function assessClaim(object: KubernetesObject): Health {
  const phase = valueAt(object, 'status', 'phase')
  return phase === 'Bound' ? healthy : progressing(`is ${typeof phase === 'string' ? phase : 'not bound'}`)
}

function assessService(object: KubernetesObject): Health {
  const isBalancer = valueAt(object, 'spec', 'type') === 'LoadBalancer'
  return isBalancer && !valueAt(object, 'spec', 'clusterIP') ? progressing('has no cluster IP yet') : healthy
}

function assessDefinition(object: KubernetesObject): Health {
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False') return degraded(names.message || 'its names are taken')
  if (conditionOf(object, 'Established')?.status === 'True') return healthy
  return progressing('is not established yet')
}

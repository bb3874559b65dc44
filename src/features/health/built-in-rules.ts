import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Assessment } from './assess-health.ts'
import {
  conditionOf,
  conditionsOf,
  degraded,
  describeCondition,
  healthy,
  numberAt,
  progressing,
  valueAt,
} from './object-status.ts'
import { assessPod } from './pod-health.ts'
import { assessDaemonSet, assessDeployment, assessReplicaSet, assessStatefulSet } from './workload-health.ts'

export type BuiltInRule = (object: KubernetesObject, now: Instant) => Assessment

const always: BuiltInRule = () => healthy

/**
 * Kubernetes' own kinds, by group and kind.
 * Source: kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go; kinds that say nothing about themselves are added.
 */
export const builtInRules = new Map<string, BuiltInRule>(
  Object.entries<BuiltInRule>({
    'apps/Deployment': assessDeployment,
    'apps/StatefulSet': assessStatefulSet,
    'apps/DaemonSet': assessDaemonSet,
    'apps/ReplicaSet': assessReplicaSet,
    'apps/ControllerRevision': always,
    'batch/Job': assessJob,
    'batch/CronJob': always,
    '/Pod': assessPod,
    '/PersistentVolumeClaim': assessClaim,
    '/Service': assessService,
    '/ConfigMap': always,
    '/Secret': always,
    '/ServiceAccount': always,
    '/Namespace': always,
    '/LimitRange': always,
    '/ResourceQuota': always,
    '/Endpoints': always,
    'discovery.k8s.io/EndpointSlice': always,
    'networking.k8s.io/Ingress': always,
    'networking.k8s.io/IngressClass': always,
    'networking.k8s.io/NetworkPolicy': always,
    'autoscaling/HorizontalPodAutoscaler': always,
    'policy/PodDisruptionBudget': always,
    'scheduling.k8s.io/PriorityClass': always,
    'storage.k8s.io/StorageClass': always,
    'storage.k8s.io/CSIDriver': always,
    'node.k8s.io/RuntimeClass': always,
    'coordination.k8s.io/Lease': always,
    'rbac.authorization.k8s.io/Role': always,
    'rbac.authorization.k8s.io/RoleBinding': always,
    'rbac.authorization.k8s.io/ClusterRole': always,
    'rbac.authorization.k8s.io/ClusterRoleBinding': always,
    'admissionregistration.k8s.io/ValidatingWebhookConfiguration': always,
    'admissionregistration.k8s.io/MutatingWebhookConfiguration': always,
    'admissionregistration.k8s.io/ValidatingAdmissionPolicy': always,
    'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': always,
    'admissionregistration.k8s.io/MutatingAdmissionPolicy': always,
    'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': always,
    'apiextensions.k8s.io/CustomResourceDefinition': assessDefinition,
    'apiregistration.k8s.io/APIService': assessApiService,
  }),
)

/** Healthy as soon as it is there: what the server would tell of it beside its metadata is what was applied. */
export function saysNothing(object: KubernetesObject): boolean {
  const { group, kind } = objectId(object)
  const rule = builtInRules.get(`${group}/${kind}`)
  return rule === always || (rule === assessService && valueAt(object, 'spec', 'type') !== 'LoadBalancer')
}

/** kstatus calls a Job current as soon as it has started; to be started is not to have worked. */
function assessJob(object: KubernetesObject): Assessment {
  for (const condition of conditionsOf(object)) {
    if (condition.status !== 'True') continue
    if (condition.type === 'Complete') return healthy
    if (condition.type === 'Failed') return degraded(`failed: ${describeCondition(condition)}`)
    if (condition.type === 'Suspended' && valueAt(object, 'spec', 'suspend') === true)
      return { status: 'Suspended', reason: 'is suspended' }
  }
  if (!valueAt(object, 'status', 'startTime')) return progressing('has not started')
  const failed = numberAt(object, 'status', 'failed') ?? 0
  return progressing(failed > 0 ? `is running, ${failed} of its pods failed` : 'is running')
}

function assessClaim(object: KubernetesObject): Assessment {
  const phase = valueAt(object, 'status', 'phase')
  return phase === 'Bound' ? healthy : progressing(`is ${typeof phase === 'string' ? phase : 'not bound'}`)
}

function assessService(object: KubernetesObject): Assessment {
  const isBalancer = valueAt(object, 'spec', 'type') === 'LoadBalancer'
  return isBalancer && !valueAt(object, 'spec', 'clusterIP') ? progressing('has no cluster IP yet') : healthy
}

function assessDefinition(object: KubernetesObject): Assessment {
  for (const condition of conditionsOf(object)) {
    const { type, status, reason } = condition
    if (type === 'NamesAccepted' && status === 'False') return degraded(describeCondition(condition))
    if (type !== 'Established') continue
    if (status === 'True') return healthy
    if (status === 'False' && reason !== 'Installing') return degraded(describeCondition(condition))
  }
  return progressing('is not established yet')
}

/** An API that another server answers for. */
function assessApiService(object: KubernetesObject): Assessment {
  const available = conditionOf(object, 'Available')
  if (available?.status === 'True') return healthy
  return progressing(available === undefined ? 'is not available yet' : describeCondition(available))
}

import { type Fields, isEqual, isFields, own } from './fields.ts'
import { isKnown, listTypeOf, type Shape, shapeOfField } from './kubernetes-shapes.ts'

/** A value, or a function that finds it in the other fields. */
type Default = {} | ((owner: Fields) => unknown)

const probe = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  initialDelaySeconds: 0,
}
const container: Record<string, Default> = {
  imagePullPolicy: ({ image }: Fields) => pullPolicyOf(image),
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  stdin: false,
  stdinOnce: false,
  tty: false,
}
const workload = { replicas: 1, revisionHistoryLimit: 10, minReadySeconds: 0 }
const subject = ({ kind }: Fields) => (kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io')
const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  timeoutSeconds: 10,
  namespaceSelector: {},
  objectSelector: {},
}

/**
 * What the API server fills in where a manifest leaves a field out, by type.
 * Source: Kubernetes, pkg/apis/<group>/<version>/defaults.go.
 */
const defaults: Record<string, Record<string, Default>> = {
  'core.v1.Container': container,
  'core.v1.ContainerPort': { protocol: 'TCP' },
  'core.v1.EnvVar': { value: '' },
  'core.v1.Probe': probe,
  'core.v1.HTTPGetAction': { scheme: 'HTTP', path: '/' },
  'core.v1.GRPCAction': { service: '' },
  'core.v1.VolumeMount': { readOnly: false, subPath: '' },
  'core.v1.ObjectFieldSelector': { apiVersion: 'v1' },
  'core.v1.ConfigMapVolumeSource': { defaultMode: 420, optional: false },
  'core.v1.SecretVolumeSource': { defaultMode: 420, optional: false },
  'core.v1.ProjectedVolumeSource': { defaultMode: 420 },
  'core.v1.DownwardAPIVolumeSource': { defaultMode: 420 },
  'core.v1.HostPathVolumeSource': { type: '' },
  'core.v1.PersistentVolumeClaimVolumeSource': { readOnly: false },
  'core.v1.ConfigMapKeySelector': { optional: false },
  'core.v1.SecretKeySelector': { optional: false },
  'core.v1.SecurityContext': {
    privileged: false,
    readOnlyRootFilesystem: false,
    procMount: 'Default',
  },
  'core.v1.PodSpec': {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    serviceAccountName: 'default',
    enableServiceLinks: true,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    shareProcessNamespace: false,
  },
  'core.v1.ServiceSpec': {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    publishNotReadyAddresses: false,
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: ({ type }: Fields) =>
      type === 'LoadBalancer' || type === 'NodePort' ? 'Cluster' : undefined,
  },
  'core.v1.ServicePort': { protocol: 'TCP', targetPort: ({ port }: Fields) => port },
  'core.v1.PersistentVolumeClaimSpec': { volumeMode: 'Filesystem' },
  'core.v1.PersistentVolumeSpec': { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain' },
  'core.v1.Secret': { type: 'Opaque', immutable: false },
  'core.v1.ConfigMap': { immutable: false },
  'apps.v1.DeploymentSpec': { ...workload, progressDeadlineSeconds: 600, paused: false },
  'apps.v1.DeploymentStrategy': { type: 'RollingUpdate' },
  'apps.v1.RollingUpdateDeployment': { maxSurge: '25%', maxUnavailable: '25%' },
  'apps.v1.ReplicaSetSpec': { replicas: 1, minReadySeconds: 0 },
  'apps.v1.StatefulSetSpec': { ...workload, podManagementPolicy: 'OrderedReady' },
  'apps.v1.StatefulSetUpdateStrategy': { type: 'RollingUpdate' },
  'apps.v1.RollingUpdateStatefulSetStrategy': { partition: 0 },
  'apps.v1.DaemonSetSpec': { revisionHistoryLimit: 10, minReadySeconds: 0 },
  'apps.v1.DaemonSetUpdateStrategy': { type: 'RollingUpdate' },
  'apps.v1.RollingUpdateDaemonSet': { maxSurge: 0, maxUnavailable: 1 },
  'batch.v1.JobSpec': { backoffLimit: 6, suspend: false, completionMode: 'NonIndexed', parallelism: 1 },
  'batch.v1.CronJobSpec': {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': { minReplicas: 1 },
  'rbac.v1.Subject': { apiGroup: subject },
  'rbac.v1.RoleRef': { apiGroup: 'rbac.authorization.k8s.io' },
  'storage.v1.StorageClass': {
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: false,
  },
  'networking.v1.NetworkPolicyPort': { protocol: 'TCP' },
  'admissionregistration.v1.ValidatingWebhook': webhook,
  'admissionregistration.v1.MutatingWebhook': { ...webhook, reinvocationPolicy: 'Never' },
  'admissionregistration.v1.RuleWithOperations': { scope: '*' },
  'admissionregistration.v1.ServiceReference': { port: 443 },
  'apiextensions.v1.ServiceReference': { port: 443 },
  'apiextensions.v1.CustomResourceDefinitionSpec': { preserveUnknownFields: false },
  'apiextensions.v1.CustomResourceConversion': { strategy: 'None' },
}
defaults['core.v1.EphemeralContainer'] = container

/** Types that say nothing when nothing is in them. An empty selector or `emptyDir: {}`, in contrast, says much. */
const silentWhenEmpty = new Set([
  'core.v1.ResourceRequirements',
  'core.v1.SecurityContext',
  'core.v1.PodSecurityContext',
  'apps.v1.DeploymentStrategy',
  'apps.v1.RollingUpdateDeployment',
  'apps.v1.StatefulSetUpdateStrategy',
  'apps.v1.RollingUpdateStatefulSetStrategy',
  'apps.v1.DaemonSetUpdateStrategy',
  'apps.v1.RollingUpdateDaemonSet',
  'apiextensions.v1.CustomResourceConversion',
])

const maps = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'data',
  'stringData',
  'binaryData',
  'limits',
  'requests',
])

/** Whether a field means the same when it is left out: null, an empty list of Kubernetes' own, or what would be filled in. */
export function saysNothing(value: unknown, field: string, owner: Fields, shape: Shape): boolean {
  if (value === null) return true
  if (shape === undefined || !isKnown(shape)) return false
  if (Array.isArray(value)) return value.length === 0 && listTypeOf(shapeOfField(shape, field)) !== undefined
  const fallback = defaultOf(shape, field, owner)
  if (fallback !== undefined && isEqual(fallback, value)) return true
  if (!isFields(value)) return false
  const inner = shapeOfField(shape, field, value)
  if (Object.keys(value).length === 0 && maps.has(field)) return true
  return (
    silentWhenEmpty.has(inner ?? '') &&
    Object.entries(value).every(([name, item]) => saysNothing(item, name, value, inner))
  )
}

function defaultOf(shape: string, field: string, owner: Fields): unknown {
  const fallback = own(defaults[shape] ?? {}, field)
  return typeof fallback === 'function' ? (fallback as (owner: Fields) => unknown)(owner) : fallback
}

/** Source: Kubernetes, pkg/apis/core/v1/defaults.go, `SetDefaults_Container`. */
function pullPolicyOf(image: unknown): string | undefined {
  if (typeof image !== 'string') return undefined
  const [named = '', digest] = image.split('@', 2)
  const tag = named.slice(named.lastIndexOf('/') + 1).split(':')[1]
  const isFloating = tag === 'latest' || (tag === undefined && digest === undefined)
  return isFloating ? 'Always' : 'IfNotPresent'
}

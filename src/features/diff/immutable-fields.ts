import type { Danger } from '../../domain/object-diff.ts'
import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { diffFields } from './diff-fields.ts'
import { currentGroup } from './kubernetes-shapes.ts'
import { valueAt } from './pod-template.ts'
import { parseQuantity } from './quantity.ts'

/** Where the volume is: one of these per PersistentVolume. */
const volumeSources =
  'awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume gcePersistentDisk glusterfs hostPath iscsi local nfs portworxVolume rbd vsphereVolume'
    .split(' ')
    .map((source) => `spec.${source}`)

/** Fields that the API server refuses to change once set. Source: Kubernetes, pkg/apis/<group>/validation. */
const immutable = new Map<string, readonly string[]>([
  ['apps/Deployment', ['spec.selector']],
  ['apps/DaemonSet', ['spec.selector']],
  ['apps/ReplicaSet', ['spec.selector']],
  [
    'apps/StatefulSet',
    ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
  ],
  [
    'batch/Job',
    [
      'spec.selector',
      'spec.template',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.backoffLimitPerIndex',
      'spec.successPolicy',
      'spec.managedBy',
    ],
  ],
  ['/Service', ['spec.clusterIP', 'spec.clusterIPs', 'spec.loadBalancerClass', 'spec.healthCheckNodePort']],
  [
    '/PersistentVolumeClaim',
    [
      'spec.accessModes',
      'spec.storageClassName',
      'spec.volumeName',
      'spec.volumeMode',
      'spec.selector',
      'spec.dataSource',
      'spec.dataSourceRef',
    ],
  ],
  ['/PersistentVolume', ['spec.volumeMode', ...volumeSources]],
  ['/Secret', ['type']],
  ['rbac.authorization.k8s.io/RoleBinding', ['roleRef']],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', ['roleRef']],
  ['storage.k8s.io/StorageClass', ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode']],
  ['storage.k8s.io/VolumeAttributesClass', ['driverName', 'parameters']],
  ['storage.k8s.io/CSIDriver', ['spec.attachRequired', 'spec.volumeLifecycleModes']],
  ['scheduling.k8s.io/PriorityClass', ['value', 'preemptionPolicy']],
  ['node.k8s.io/RuntimeClass', ['handler']],
  ['networking.k8s.io/IngressClass', ['spec.controller']],
  ['discovery.k8s.io/EndpointSlice', ['addressType']],
  ['resource.k8s.io/ResourceClaim', ['spec']],
  ['resource.k8s.io/ResourceClaimTemplate', ['spec']],
  ['certificates.k8s.io/CertificateSigningRequest', ['spec']],
  [
    'apiextensions.k8s.io/CustomResourceDefinition',
    ['spec.scope', 'spec.group', 'spec.names.kind', 'spec.names.plural'],
  ],
])

/** Filled in by the API server when left out, so that setting or leaving them is not yet a change. */
const defaulted = new Set([
  'spec.clusterIP',
  'spec.clusterIPs',
  'spec.loadBalancerClass',
  'spec.healthCheckNodePort',
  'spec.storageClassName',
  'spec.volumeName',
  'spec.volumeMode',
  'spec.podManagementPolicy',
  'spec.completionMode',
  'spec.attachRequired',
  'spec.volumeLifecycleModes',
  'preemptionPolicy',
  'volumeBindingMode',
  'reclaimPolicy',
])

type Found = Omit<Danger, 'code'>

/** The changes of one object that its API server will refuse. */
export function findImmutableChanges(before: KubernetesObject, after: KubernetesObject): Found[] {
  const { group, kind } = objectId(after)
  const fields = immutable.get(`${currentGroup(group, kind)}/${kind}`) ?? []
  const changed = fields.filter((field) => isChanged(before, after, field))
  return [
    ...changed.map((field) => ({ field, sentence: refusal(field, after.kind) })),
    ...findShrunkClaim(before, after),
    ...findSealedData(before, after),
    ...findChangedPod(before, after),
  ]
}

function isChanged(before: KubernetesObject, after: KubernetesObject, field: string): boolean {
  const [old, young] = [valueAt(before, field.split('.')), valueAt(after, field.split('.'))]
  if (defaulted.has(field) && (old === undefined || young === undefined)) return false
  return diffFields(old, young).length > 0
}

function refusal(field: string, kind: string): string {
  return `${field} of a ${kind} cannot be changed: the cluster refuses the update until the object is deleted and made anew.`
}

function findShrunkClaim(before: KubernetesObject, after: KubernetesObject): Found[] {
  if (after.kind !== 'PersistentVolumeClaim') return []
  const path = ['spec', 'resources', 'requests', 'storage']
  const [old, young] = [parseQuantity(valueAt(before, path)), parseQuantity(valueAt(after, path))]
  if (old === undefined || young === undefined || young >= old) return []
  return [
    {
      field: path.join('.'),
      sentence: 'A volume claim can grow but not shrink: the cluster refuses the update.',
    },
  ]
}

function findSealedData(before: KubernetesObject, after: KubernetesObject): Found[] {
  // A sealed object cannot be opened again either.
  if (before.immutable !== true || (after.kind !== 'ConfigMap' && after.kind !== 'Secret')) return []
  const field = ['data', 'binaryData', 'stringData', 'immutable'].find(
    (name) => diffFields(before[name], after[name]).length > 0,
  )
  return field
    ? [{ field, sentence: `This ${after.kind} is marked immutable: the cluster refuses to change its data.` }]
    : []
}

/** A bare Pod keeps its spec, but for its images, its deadline and further tolerations. */
const mutableInPod =
  /^((initC|c)ontainers\[[^\]]*\]\.image|activeDeadlineSeconds|terminationGracePeriodSeconds|tolerations)(\W|$)/

function findChangedPod(before: KubernetesObject, after: KubernetesObject): Found[] {
  if (after.kind !== 'Pod') return []
  const [changed] = diffFields(before.spec, after.spec, 'core.v1.PodSpec').filter(
    ({ field }) => !mutableInPod.test(field),
  )
  return changed
    ? [{ field: `spec.${changed.field}`, sentence: refusal(`spec.${changed.field}`, 'Pod') }]
    : []
}

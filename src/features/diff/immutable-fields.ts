import type { Danger } from '../../domain/object-diff.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { diffFields } from './diff-fields.ts'
import { valueAt } from './pod-template.ts'
import { parseQuantity } from './quantity.ts'

/** Fields that the API server refuses to change once set. Source: Kubernetes, pkg/apis/<group>/validation. */
const immutable = new Map<string, readonly string[]>([
  ['apps/Deployment', ['spec.selector']],
  ['apps/DaemonSet', ['spec.selector']],
  ['apps/ReplicaSet', ['spec.selector']],
  [
    'apps/StatefulSet',
    ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
  ],
  ['batch/Job', ['spec.selector', 'spec.template', 'spec.completionMode']],
  ['/Service', ['spec.clusterIP']],
  [
    '/PersistentVolumeClaim',
    ['spec.accessModes', 'spec.storageClassName', 'spec.volumeName', 'spec.volumeMode', 'spec.selector'],
  ],
  ['rbac.authorization.k8s.io/RoleBinding', ['roleRef']],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', ['roleRef']],
  ['storage.k8s.io/StorageClass', ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode']],
  ['scheduling.k8s.io/PriorityClass', ['value']],
  ['networking.k8s.io/IngressClass', ['spec.controller']],
  [
    'apiextensions.k8s.io/CustomResourceDefinition',
    ['spec.scope', 'spec.group', 'spec.names.kind', 'spec.names.plural'],
  ],
])

/** Filled in by the API server when left out, so that setting or leaving them is not yet a change. */
const defaulted = new Set([
  'spec.clusterIP',
  'spec.storageClassName',
  'spec.volumeName',
  'spec.volumeMode',
  'spec.podManagementPolicy',
  'spec.completionMode',
  'volumeBindingMode',
  'reclaimPolicy',
])

type Found = Omit<Danger, 'code'>

/** The changes of one object that its API server will refuse. */
export function findImmutableChanges(before: KubernetesObject, after: KubernetesObject): Found[] {
  const group = after.apiVersion.includes('/') ? after.apiVersion.split('/', 1)[0] : ''
  const fields = immutable.get(`${group}/${after.kind}`) ?? []
  const changed = fields.filter((field) => isChanged(before, after, field))
  return [
    ...changed.map((field) => ({ field, sentence: refusal(field, after.kind) })),
    ...findShrunkClaim(before, after),
    ...findSealedData(before, after),
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
  if (before.immutable !== true || (after.kind !== 'ConfigMap' && after.kind !== 'Secret')) return []
  const field = ['data', 'binaryData', 'stringData'].find(
    (name) => diffFields(before[name], after[name]).length > 0,
  )
  return field
    ? [{ field, sentence: `This ${after.kind} is marked immutable: the cluster refuses to change its data.` }]
    : []
}

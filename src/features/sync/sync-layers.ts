import type { ObjectId } from '../../domain/kubernetes-object.ts'

/** The order of an apply: a layer begins when the one before is done. What is not named belongs to the workloads. */
export const syncLayers: readonly { name: string; kinds: ReadonlySet<string> }[] = [
  {
    name: 'definitions',
    kinds: new Set(['CustomResourceDefinition', 'Namespace', 'ClusterRole', 'PriorityClass', 'StorageClass']),
  },
  {
    name: 'access and configuration',
    kinds: new Set([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'ClusterRoleBinding',
      'ConfigMap',
      'Secret',
      'LimitRange',
      'ResourceQuota',
      'NetworkPolicy',
      'PersistentVolume',
      'PersistentVolumeClaim',
    ]),
  },
  { name: 'workloads', kinds: new Set() },
  {
    name: 'entry',
    kinds: new Set([
      'Ingress',
      'IngressClass',
      'HTTPRoute',
      'Gateway',
      'ValidatingWebhookConfiguration',
      'MutatingWebhookConfiguration',
      'APIService',
    ]),
  },
]

const workloads = syncLayers.findIndex(({ name }) => name === 'workloads')

export function layerOf(id: Pick<ObjectId, 'kind'>): number {
  const found = syncLayers.findIndex(({ kinds }) => kinds.has(id.kind))
  return found === -1 ? workloads : found
}

/** Deleting one of these deletes data or what depends on it: only with consent. */
export const protectedKinds: ReadonlySet<string> = new Set([
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'CustomResourceDefinition',
  'StatefulSet',
])

import type { ObjectId } from '../../domain/kubernetes-object.ts'
import { isOwnWorkload } from './own-installation.ts'

/**
 * The order of an apply within one wave: a layer begins when the one before is applied. What is named nowhere belongs to
 * the workloads; kinds that end in `Class` belong to the classes. What can refuse everybody else's writes, or our own, is last.
 */
export const syncLayers: readonly { name: string; kinds: ReadonlySet<string> }[] = [
  { name: 'namespaces', kinds: new Set(['Namespace']) },
  { name: 'definitions', kinds: new Set(['CustomResourceDefinition']) },
  { name: 'roles and classes of the cluster', kinds: new Set(['ClusterRole', 'CSIDriver']) },
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
    ]),
  },
  { name: 'volumes', kinds: new Set(['PersistentVolume', 'PersistentVolumeClaim']) },
  { name: 'workloads', kinds: new Set() },
  {
    name: 'routes',
    kinds: new Set(['Ingress', 'Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute']),
  },
  {
    name: 'admission and aggregated APIs',
    kinds: new Set([
      'ValidatingWebhookConfiguration',
      'MutatingWebhookConfiguration',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
      'MutatingAdmissionPolicy',
      'MutatingAdmissionPolicyBinding',
      'APIService',
    ]),
  },
  { name: 'Drawbridge itself', kinds: new Set() },
]

const indexOf = (name: string) => syncLayers.findIndex((layer) => layer.name === name)
const classes = indexOf('roles and classes of the cluster')
const workloads = indexOf('workloads')
const itself = indexOf('Drawbridge itself')

/** Index in `syncLayers`. */
export function layerOf(id: Pick<ObjectId, 'kind' | 'namespace' | 'name'>): number {
  const found = syncLayers.findIndex(({ kinds }) => kinds.has(id.kind))
  if (found !== -1) return found
  if (id.kind.endsWith('Class')) return classes
  return isOwnWorkload(id) ? itself : workloads
}

/** Everything else of a release stands on these: without a wave of their own they come before every wave. */
export const foundationKinds: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition'])

/** Deleting one of these deletes data or what depends on it: only with consent. */
export const protectedKinds: ReadonlySet<string> = new Set([
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'CustomResourceDefinition',
  'StatefulSet',
])

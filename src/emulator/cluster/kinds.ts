import { type Schema, schemaOfType } from './schema.ts'

/** A kind as the server serves it. */
export interface Kind {
  group: string
  version: string
  kind: string
  plural: string
  isNamespaced: boolean
  hasStatus: boolean
  /** metadata.generation counts its changes outside metadata and status. */
  hasGeneration: boolean
  schema: Schema
}

type Row = [group: string, version: string, kind: string, plural: string, traits: string]

/** Traits: n namespaced, s status subresource, g generation. */
const rows: Row[] = [
  ['', 'v1', 'Namespace', 'namespaces', 's'],
  ['', 'v1', 'Node', 'nodes', 's'],
  ['', 'v1', 'PersistentVolume', 'persistentvolumes', 's'],
  ['', 'v1', 'Pod', 'pods', 'nsg'],
  ['', 'v1', 'Service', 'services', 'ns'],
  ['', 'v1', 'ServiceAccount', 'serviceaccounts', 'n'],
  ['', 'v1', 'ConfigMap', 'configmaps', 'n'],
  ['', 'v1', 'Secret', 'secrets', 'n'],
  ['', 'v1', 'Endpoints', 'endpoints', 'n'],
  ['', 'v1', 'Event', 'events', 'n'],
  ['', 'v1', 'LimitRange', 'limitranges', 'n'],
  ['', 'v1', 'ResourceQuota', 'resourcequotas', 'ns'],
  ['', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', 'ns'],
  ['apps', 'v1', 'Deployment', 'deployments', 'nsg'],
  ['apps', 'v1', 'ReplicaSet', 'replicasets', 'nsg'],
  ['apps', 'v1', 'StatefulSet', 'statefulsets', 'nsg'],
  ['apps', 'v1', 'DaemonSet', 'daemonsets', 'nsg'],
  ['batch', 'v1', 'Job', 'jobs', 'nsg'],
  ['batch', 'v1', 'CronJob', 'cronjobs', 'nsg'],
  ['networking.k8s.io', 'v1', 'Ingress', 'ingresses', 'nsg'],
  ['networking.k8s.io', 'v1', 'IngressClass', 'ingressclasses', 'g'],
  ['networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies', 'ng'],
  ['policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets', 'nsg'],
  ['autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'ns'],
  ['rbac.authorization.k8s.io', 'v1', 'Role', 'roles', 'n'],
  ['rbac.authorization.k8s.io', 'v1', 'RoleBinding', 'rolebindings', 'n'],
  ['rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles', ''],
  ['rbac.authorization.k8s.io', 'v1', 'ClusterRoleBinding', 'clusterrolebindings', ''],
  ['apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', 'sg'],
  ['scheduling.k8s.io', 'v1', 'PriorityClass', 'priorityclasses', 'g'],
  ['storage.k8s.io', 'v1', 'StorageClass', 'storageclasses', ''],
  ['coordination.k8s.io', 'v1', 'Lease', 'leases', 'n'],
  [
    'admissionregistration.k8s.io',
    'v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    'g',
  ],
  [
    'admissionregistration.k8s.io',
    'v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    'g',
  ],
]

/** Model types that carry their group in the name. */
const typeNames: Record<string, string> = { Event: 'CoreV1Event' }

export const builtInKinds: readonly Kind[] = rows.map(([group, version, kind, plural, traits]) => ({
  group,
  version,
  kind,
  plural,
  isNamespaced: traits.includes('n'),
  hasStatus: traits.includes('s'),
  hasGeneration: traits.includes('g'),
  schema: schemaOfType(typeNames[kind] ?? `V${version.slice(1)}${kind}`),
}))

export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

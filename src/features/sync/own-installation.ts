import type { ObjectId } from '../../domain/kubernetes-object.ts'
import { inventoryNamespace } from './inventory.ts'

const workloads: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])
const footing: ReadonlySet<string> = new Set([
  ...workloads,
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'PersistentVolumeClaim',
])

/** Groups of objects that give us our rights and our share of the API server. */
const ownGroups: ReadonlySet<string> = new Set(['rbac.authorization.k8s.io', 'flowcontrol.apiserver.k8s.io'])

/** Belongs to an installation of Drawbridge: its namespace, what lives there, and what of the whole cluster has its name. */
export function isOwnInstallation({ group, kind, namespace, name }: ObjectId): boolean {
  if (namespace === inventoryNamespace || (kind === 'Namespace' && name === inventoryNamespace)) return true
  return namespace === '' && ownGroups.has(group) && /^drawbridge(-|$)/.test(name)
}

/** Inventories and leases begin so. */
export function isOwnRecord({ namespace, name }: ObjectId): boolean {
  return namespace === inventoryNamespace && name.startsWith('drawbridge.')
}

/** Of the app, as it is shipped: namespace and name are the same. Any application may deliver it, since it has no right on the cluster. */
const app = 'drawbridge'

/** Whoever applies it may be ended by that. */
export function isOwnWorkload({
  kind,
  namespace,
  name,
}: Pick<ObjectId, 'kind' | 'namespace' | 'name'>): boolean {
  const isApp = namespace === app && name === app
  return (namespace === inventoryNamespace || isApp) && workloads.has(kind)
}

/** Without it there is no agent, or no app: whoever deletes it is not left to go on, nor to make it anew. */
export function isOwnFooting(id: ObjectId): boolean {
  if (id.namespace === app && id.name === app) return footing.has(id.kind)
  return isOwnInstallation(id) && (id.namespace === '' || footing.has(id.kind))
}

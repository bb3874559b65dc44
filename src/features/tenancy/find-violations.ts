import {
  formatObjectId,
  type KubernetesObject,
  objectId,
  type ObjectId,
} from '../../domain/kubernetes-object.ts'
import type { Target } from '../../domain/refs.ts'
import type { TenantLimits } from '../../domain/tenant.ts'
import { touchesOurs } from './touches-ours.ts'
import { fits } from './limits-of.ts'

/** One object outside of what its application may reach. */
export interface Violation {
  object: ObjectId
  message: string
  fix: string
  /** Ends of paths that are to blame. */
  fields: string[]
}

export interface Reach {
  target: Target
  limits: readonly TenantLimits[] | undefined
  objects: readonly KubernetesObject[]
  /** Undefined: nobody knows. The API server does; what only a repository says of a kind may be wrong. */
  isNamespaced(object: KubernetesObject): boolean | undefined
}

/**
 * What of a release its limits do not allow, and what of it is ours, whatever the limits say. Asked of the pull request, and
 * again of what is attested, by the agent that would apply it.
 */
export function findViolations({ target, limits = [], objects, isNamespaced }: Reach): Violation[] {
  return objects.flatMap((object) => {
    const ours = touchesOurs(object, limits)
    if (ours) return [{ object: objectId(object), ...ours }]
    const first = limits.flatMap((each) => breach(object, isNamespaced(object), target, each) ?? [])[0]
    return first ? [{ object: objectId(object), ...first }] : []
  })
}

function breach(
  object: KubernetesObject,
  isNamespaced: boolean | undefined,
  { application, cluster }: Target,
  limits: TenantLimits,
): Omit<Violation, 'object'> | undefined {
  const { name, rule } = limits
  if (name === '')
    return {
      message: `${application} belongs to no tenant of ${rule}`,
      fix: `have the platform team add ${application} to the applications of a tenant`,
      fields: [],
    }
  const tenant = `tenant ${name}`
  if (!fits(limits.clusters, cluster))
    return {
      message: `${tenant} may not deliver to the cluster ${cluster}; allowed: ${words(limits.clusters)}`,
      fix: `deliver it elsewhere, or have ${cluster} added to the clusters of ${tenant}`,
      fields: [],
    }
  if (fitsKind(limits.deniedKinds, object))
    return {
      message: `${tenant} may not deliver any ${object.kind}`,
      fix: `remove the ${object.kind}, or have it taken off the deniedKinds of ${tenant}`,
      fields: ['kind'],
    }
  return isNamespaced === false || (isNamespaced === undefined && object.metadata.namespace === undefined)
    ? clusterBreach(object, limits)
    : namespaceBreach(object, limits)
}

function clusterBreach(
  object: KubernetesObject,
  limits: TenantLimits,
): Omit<Violation, 'object'> | undefined {
  const tenant = `tenant ${limits.name}`
  if (!fitsKind(limits.clusterKinds, object))
    return {
      message: `${tenant} may not deliver ${formatObjectId(objectId(object))}, which concerns the whole cluster; allowed kinds: ${words(limits.clusterKinds)}`,
      fix: `leave it to the platform team, or have ${object.kind} added to the clusterKinds of ${tenant}`,
      fields: ['kind'],
    }
  if (object.kind !== 'Namespace' || fits(limits.namespaces, object.metadata.name)) return undefined
  return outside(object.metadata.name, limits, ['metadata.name'])
}

/** An object that names no namespace goes to the one called default. */
function namespaceBreach(
  { metadata }: KubernetesObject,
  limits: TenantLimits,
): Omit<Violation, 'object'> | undefined {
  const namespace = metadata.namespace || 'default'
  return fits(limits.namespaces, namespace) ? undefined : outside(namespace, limits, ['metadata.namespace'])
}

function outside(namespace: string, { name, namespaces }: TenantLimits, fields: string[]) {
  return {
    message: `tenant ${name} may not deliver to the namespace ${namespace}; allowed: ${words(namespaces)}`,
    fix: `move it to an allowed namespace, or have ${namespace} added to the namespaces of tenant ${name}`,
    fields,
  }
}

/** A pattern is of a kind in any group, or of `Kind.group`; the core group is called `core`. */
function fitsKind(patterns: readonly string[], object: KubernetesObject): boolean {
  const { group, kind } = objectId(object)
  return fits(patterns, kind) || fits(patterns, `${kind}.${group || 'core'}`)
}

function words(patterns: readonly string[]): string {
  return patterns.length === 0 ? 'none' : patterns.join(', ')
}

/** Who writes to the API server in place of the agent. */
export interface ServiceAccount {
  namespace: string
  name: string
}

/**
 * How far the applications of a team reach. All patterns are globs (`*` only). The release's attestation carries it, so that
 * the agent asks again what the pull request was asked.
 */
export interface TenantLimits {
  name: string
  clusters: string[]
  namespaces: string[]
  /** Kinds that live in no namespace: `Namespace`, `ClusterRole.rbac.authorization.k8s.io`. Empty: none. */
  clusterKinds: string[]
  /** Kinds that are refused in the allowed namespaces, too. */
  deniedKinds: string[]
  impersonate?: ServiceAccount
  /** Where it is written, for people: `.drawbridge.yaml`, `shop/.github: .drawbridge.yaml`. */
  rule: string
}

/** The first tenant of a file whose patterns fit an application in an environment is its tenant. */
export interface Tenant extends TenantLimits {
  applications: string[]
  environments: string[]
}

/** As the API server names it. Its groups need not be said: the server knows those of a service account. */
export function userOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`
}

import type { Tenant } from '../../domain/tenant.ts'
import type { TenantDocument } from './schema/tenant-schema.ts'
import { isMapping } from './written-document.ts'

/** What gives rights within a namespace: whoever delivers it decides who else may write there. */
const givesRights = ['Role.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io']

export function toTenant(tenant: TenantDocument, rule: string): Tenant {
  const [namespace, name] = tenant.impersonate?.serviceAccount.split('/') ?? []
  return {
    name: tenant.name,
    applications: tenant.applications,
    environments: tenant.environments ?? ['*'],
    clusters: tenant.clusters ?? ['*'],
    namespaces: tenant.namespaces,
    clusterKinds: tenant.clusterKinds ?? [],
    deniedKinds: tenant.deniedKinds ?? givesRights,
    ...(namespace && name && { impersonate: { namespace, name } }),
    rule,
  }
}

/** What stands for a tenant with a fault: it takes the applications that can be read, else all, and allows them nothing. */
export function closedTenant(written: unknown, rule: string): Tenant {
  const entry = isMapping(written) ? (written as Partial<Record<string, unknown>>) : {}
  const { name, applications } = entry
  const isReadable = Array.isArray(applications) && applications.every((each) => typeof each === 'string')
  return {
    name: typeof name === 'string' && name !== '' ? name : 'with a fault',
    applications: isReadable ? applications : ['*'],
    environments: ['*'],
    clusters: [],
    namespaces: [],
    clusterKinds: [],
    deniedKinds: [],
    rule,
  }
}

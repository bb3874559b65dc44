import type { Configuration } from '../../domain/configuration.ts'
import type { Target } from '../../domain/refs.ts'
import type { ServiceAccount, Tenant, TenantLimits } from '../../domain/tenant.ts'
import { matchesGlob } from '../config/glob.ts'

/**
 * The limits of a target, one of each file that declares tenants; all of them hold. Undefined: no tenants are declared.
 *
 * | file declares tenants | one of them fits | limits                          |
 * | --------------------- | ---------------- | ------------------------------- |
 * | no                    | –                | none of this file               |
 * | yes                   | yes              | those of the first that fits    |
 * | yes                   | no               | nothing is allowed              |
 */
export function limitsOf(
  { tenants }: Pick<Configuration, 'tenants'>,
  target: Target,
): TenantLimits[] | undefined {
  return tenants?.map((file) => {
    const tenant = file.find(
      ({ applications, environments }) =>
        fits(applications, target.application) && fits(environments, target.environment),
    )
    return tenant === undefined ? nothing(file[0]?.rule ?? '') : toLimits(tenant)
  })
}

/** Who applies: by the first file that says it, and that is the organisation's where it does. */
export function identityOf(limits: readonly TenantLimits[] | undefined): ServiceAccount | undefined {
  return limits?.find(({ impersonate }) => impersonate !== undefined)?.impersonate
}

export function fits(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matchesGlob(glob, name))
}

function toLimits(tenant: Tenant): TenantLimits {
  const { applications: _, environments: __, ...limits } = tenant
  return limits
}

/** Belonging to nobody is no freedom. */
function nothing(rule: string): TenantLimits {
  return { name: '', clusters: [], namespaces: [], clusterKinds: [], deniedKinds: [], rule }
}

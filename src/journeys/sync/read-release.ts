import { formatObjectId, type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { Attestation } from '../../domain/release.ts'
import type { TenantLimits } from '../../domain/tenant.ts'
import { findViolations, type Violation } from '../../features/tenancy/find-violations.ts'
import { limitsOf } from '../../features/tenancy/limits-of.ts'
import type { Cluster } from '../../ports/cluster.ts'
import type { Decryptor } from '../../ports/decryptor.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import { definedScopes } from '../../features/rendering/kind-scope.ts'
import { servedScopes } from './served-scopes.ts'

/** What a release holds, or, for people, why nothing of it may be applied here. */
export type ReleasedObjects =
  { kind: 'released'; objects: KubernetesObject[] } | { kind: 'refused'; reason: string }

/**
 * The attested objects, asked once more whether they stay within what their tenant may reach, by the limits that it was
 * released under and by those of today: here the API server says which kinds live in a namespace, where the pull request
 * could only go by what is known of them. What is encrypted is decrypted.
 */
export async function readRelease(
  ports: { ledger: Ledger; decryptor?: Decryptor },
  cluster: Cluster,
  state: LedgerState,
  attestation: Attestation,
): Promise<ReleasedObjects> {
  const { target, tenants } = attestation
  const objects = await ports.ledger.objects(state, target)
  const served = servedScopes(await cluster.resources())
  const defined = definedScopes(objects)
  const isNamespaced = (object: KubernetesObject) => {
    const { group, kind } = objectId(object)
    return served.get(`${group}/${kind}`) ?? defined.get(`${group}/${kind}`)
  }
  const within = (limits: TenantLimits[] | undefined) =>
    findViolations({ target, limits, objects, isNamespaced })
  const { settings } = state
  const today = settings?.tenants ? within(limitsOf(settings, target)) : []
  return refusalOf(within(tenants)) ?? refusalOf(today, narrowed) ?? decrypt(ports.decryptor, objects)
}

const narrowed =
  '; its limits have become narrower since it was released, so nothing of it is put back or deleted'

function refusalOf([first, ...more]: readonly Violation[], since = ''): ReleasedObjects | undefined {
  if (first === undefined) return undefined
  const others = more.length > 0 ? ` (and ${more.length} more)` : ''
  return {
    kind: 'refused',
    reason: `OUTSIDE_TENANT: ${formatObjectId(first.object)}: ${first.message}${others}${since}; ${first.fix}`,
  }
}

/** Last of all, so that nothing is decrypted that may not be applied. */
async function decrypt(
  decryptor: Decryptor | undefined,
  objects: KubernetesObject[],
): Promise<ReleasedObjects> {
  const encrypted = objects.find((object) => object['sops'] !== undefined)
  if (decryptor === undefined)
    return encrypted === undefined
      ? { kind: 'released', objects }
      : {
          kind: 'refused',
          reason: `SOPS_NO_AGENT: ${formatObjectId(objectId(encrypted))} is encrypted, and only an agent beside its cluster decrypts; run drawbridge agent there`,
        }
  const decryption = await decryptor.decrypt(objects)
  return decryption.kind === 'refused' ? decryption : { kind: 'released', objects: decryption.objects }
}

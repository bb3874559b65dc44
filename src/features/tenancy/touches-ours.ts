import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { TenantLimits } from '../../domain/tenant.ts'
import { inventoryLabels, inventoryNamespace } from '../sync/inventory.ts'
import { isOwnInstallation, isOwnRecord } from '../sync/own-installation.ts'
import { applicationLabel, ownerLabel } from '../sync/ownership.ts'

/** Labels by which we know what is ours. */
const ownLabels = [applicationLabel, ownerLabel, ...Object.keys(inventoryLabels)]

/** Said of an installation by itself; a pattern that happens to fit says nothing. */
function mayInstall(limits: readonly TenantLimits[]): boolean {
  return limits.length > 0 && limits.every(({ namespaces }) => namespaces.includes(inventoryNamespace))
}

/**
 * Why an object is no application's to deliver: our namespace holds what was applied, our labels say whose it is, and our
 * roles what we may. Undefined: it is none of ours, or its tenant is named as the one that installs Drawbridge.
 */
export function touchesOurs(
  object: KubernetesObject,
  limits: readonly TenantLimits[],
): { message: string; fix: string; fields: string[] } | undefined {
  const id = objectId(object)
  const fix = `remove it, or have a tenant name the namespace ${inventoryNamespace} that delivers Drawbridge and nothing else`
  if (isOwnRecord(id))
    return {
      message: 'this is the name of a record that Drawbridge alone writes',
      fix: 'give it another name',
      fields: ['metadata.name'],
    }
  const label = ownLabels.find((key) => object.metadata.labels?.[key] !== undefined)
  if (label !== undefined)
    return {
      message: `the label ${label} is set by Drawbridge alone`,
      fix: `remove the label ${label}`,
      fields: ['metadata.labels'],
    }
  if (!isOwnInstallation(id) || mayInstall(limits)) return undefined
  return id.namespace === inventoryNamespace || id.kind === 'Namespace'
    ? {
        message: `the namespace ${inventoryNamespace} is Drawbridge’s own`,
        fix,
        fields: ['metadata.namespace'],
      }
    : { message: `${id.kind} ${id.name} has a name of Drawbridge’s own`, fix, fields: ['metadata.name'] }
}

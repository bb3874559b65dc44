import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import { inventoryLabels, inventoryNamespace } from '../sync/inventory.ts'
import { applicationLabel, ownerLabel } from '../sync/ownership.ts'

/** Labels by which we know what is ours. */
const ownLabels = [applicationLabel, ownerLabel, ...Object.keys(inventoryLabels)]

/** Groups of objects that give us our rights and our share of the API server. */
const ownGroups = new Set(['rbac.authorization.k8s.io', 'flowcontrol.apiserver.k8s.io'])

/**
 * Why an object is no application's to deliver: our namespace holds what was applied, our labels say whose it is, and our
 * roles what we may. Undefined: it is none of ours.
 */
export function touchesOurs(
  object: KubernetesObject,
): { message: string; fix: string; fields: string[] } | undefined {
  const { group, kind, namespace, name } = objectId(object)
  const fix = 'remove it: the operator of the cluster installs Drawbridge, no application does'
  if (namespace === inventoryNamespace || (kind === 'Namespace' && name === inventoryNamespace))
    return {
      message: `the namespace ${inventoryNamespace} is Drawbridge’s own`,
      fix,
      fields: ['metadata.namespace'],
    }
  const label = ownLabels.find((key) => object.metadata.labels?.[key] !== undefined)
  if (label !== undefined)
    return {
      message: `the label ${label} is set by Drawbridge alone`,
      fix: `remove the label ${label}`,
      fields: ['metadata.labels'],
    }
  if (ownGroups.has(group) && /^drawbridge(-|$)/.test(name) && namespace === '')
    return { message: `${kind} ${name} has a name of Drawbridge’s own`, fix, fields: ['metadata.name'] }
  return undefined
}

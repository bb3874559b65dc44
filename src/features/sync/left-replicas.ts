import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isFields } from '../diff/fields.ts'
import { managedEntries, ownedFields } from '../drift/fingerprint.ts'
import { valueAt } from '../health/object-status.ts'

/** Whether an object has replicas that nobody but us owns: they would be reset if we no longer applied them. */
export function isLeftByUs(live: KubernetesObject, manager: string): boolean {
  if (typeof valueAt(live, 'spec', 'replicas') !== 'number') return false
  const isOwned = (fields: unknown) =>
    isFields(fields) && isFields(fields['f:spec']) && fields['f:spec']['f:replicas'] !== undefined
  const others = managedEntries(live).filter((entry) => entry.manager !== manager)
  return isOwned(ownedFields(live, manager)) && !others.some(({ fieldsV1 }) => isOwned(fieldsV1))
}

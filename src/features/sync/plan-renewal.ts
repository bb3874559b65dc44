import type { JsonPatchOperation } from '../../domain/json-patch.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { managedEntries } from '../drift/fingerprint.ts'
import { type ManagedFieldsEntry, uniteFields } from './plan-adoption.ts'

/**
 * What gives entries of `managedFields` that name an API version which is served no longer the version of the object: an
 * apply fails because of them (custom kinds), or takes nothing away that is no longer in it. Undefined where there are
 * none. `served`: API versions. Source: structured-merge-diff, merge/update.go, `prune`, with `IsMissingVersionError`.
 */
export function planRenewal(
  live: KubernetesObject,
  served: ReadonlySet<string>,
  apiVersion: string,
): JsonPatchOperation[] | undefined {
  const entries = managedEntries(live) as ManagedFieldsEntry[]
  const isGone = (entry: ManagedFieldsEntry) =>
    entry.apiVersion !== undefined && !served.has(entry.apiVersion)
  if (!entries.some(isGone)) return undefined
  const renewed = new Map<string, ManagedFieldsEntry>()
  for (const entry of entries) {
    const one = isGone(entry) ? { ...entry, apiVersion } : entry
    const { manager, operation, subresource = '' } = one
    const key = JSON.stringify([manager, operation, subresource, one.apiVersion])
    const same = renewed.get(key)
    renewed.set(key, same ? { ...same, fieldsV1: uniteFields(same.fieldsV1, one.fieldsV1) } : one)
  }
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: [...renewed.values()] },
  ]
}

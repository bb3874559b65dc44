import type { ObjectId } from '../../domain/kubernetes-object.ts'
import type { ApiResource, ApplyOptions, FindQuery, LabelQuery } from '../../ports/cluster.ts'

/** Objects of one page of a list. */
export const pageSize = 500

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

function groupPath(resource: ApiResource): string {
  return resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
}

export function objectPath(resource: ApiResource, id: ObjectId): string {
  const namespace = resource.isNamespaced
    ? `/namespaces/${encodeURIComponent(id.namespace || 'default')}`
    : ''
  return `${groupPath(resource)}${namespace}/${resource.plural}/${encodeURIComponent(id.name)}`
}

export function collectionPath(resource: ApiResource, labels: LabelQuery): string {
  const selector = Object.entries(labels)
    .map(([key, value]) => (value === true ? key : `${key}=${value}`))
    .join(',')
  return `${groupPath(resource)}/${resource.plural}${selector && `?labelSelector=${encodeURIComponent(selector)}`}`
}

export function findPath(
  resource: ApiResource,
  { namespace, labelSelector, fieldSelector }: FindQuery,
): string {
  const query = new URLSearchParams({ limit: String(pageSize) })
  if (labelSelector !== undefined) query.set('labelSelector', labelSelector)
  if (fieldSelector !== undefined) query.set('fieldSelector', fieldSelector)
  return `${groupPath(resource)}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}?${query}`
}

export function applyQuery(options: ApplyOptions): string {
  const manager = encodeURIComponent(options.fieldManager)
  const query = `fieldManager=${manager}&force=${options.force}&fieldValidation=Strict`
  return options.dryRun ? `${query}&dryRun=All` : query
}

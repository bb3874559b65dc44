/** Any Kubernetes object as rendered or as read from a cluster. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: ObjectMetadata
  [field: string]: unknown
}

export interface ObjectMetadata {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  [field: string]: unknown
}

/** What makes two objects the same one. `version` takes no part: one object is served in several versions. */
export interface ObjectId {
  /** Empty for the core group. */
  group: string
  version: string
  kind: string
  /** Empty for cluster-scoped objects and for objects that leave the namespace to the applier. */
  namespace: string
  name: string
}

export function objectId(object: KubernetesObject): ObjectId {
  const [group, version] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/', 2)
    : ['', object.apiVersion]
  return {
    group: group ?? '',
    version: version ?? '',
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
  }
}

/** A key for maps: group, kind, namespace and name, without the version. */
export function objectKey(id: ObjectId): string {
  return [id.group, id.kind, id.namespace, id.name].join('/')
}

/** As people say it: `Deployment shop/checkout`. */
export function formatObjectId(id: ObjectId): string {
  return `${id.kind} ${id.namespace ? `${id.namespace}/` : ''}${id.name}`
}

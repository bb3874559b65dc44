import type { KubernetesObject } from '../../domain/kubernetes-object.ts'

export function withVersion(object: KubernetesObject, resourceVersion: string | undefined): KubernetesObject {
  return resourceVersion === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, resourceVersion } }
}

/**
 * One empty entry takes back what is on the books, and nothing is put there any more. Source: Kubernetes, apimachinery,
 * pkg/util/managedfields/internal/managedfields.go and skipnonapplied.go.
 */
export function withoutManagers(object: KubernetesObject): KubernetesObject {
  const { metadata, ...rest } = withoutServerFields(object)
  return { ...rest, metadata: { ...metadata, managedFields: [{}] } }
}

/** An apply states intent only: what the server keeps about an object is not sent back. */
export function withoutServerFields(object: KubernetesObject): KubernetesObject {
  const {
    managedFields: _,
    resourceVersion: __,
    uid: ___,
    creationTimestamp: ____,
    generation: _____,
    ...metadata
  } = object.metadata
  const { status: ______, ...rest } = object
  return { ...rest, metadata }
}

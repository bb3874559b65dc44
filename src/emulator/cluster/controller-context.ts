import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Kind } from './kinds.ts'
import type { Storage } from './storage.ts'

/** What a controller works with: the API as the controller-manager uses it. */
export interface ControllerContext {
  storage: Storage
  now(): number
  timestamp(): string
  kind(storageKind: string): Kind
  create(object: KubernetesObject): void
  /** Writes status through its subresource, only when it differs. */
  setStatus(object: KubernetesObject, status: Record<string, unknown>): void
  update(object: KubernetesObject, change: (live: KubernetesObject) => KubernetesObject): void
  remove(object: KubernetesObject): void
  /** Deletes as a client does: finalizers are waited for. */
  end(object: KubernetesObject): void
  /** Live objects of a kind whose controller is `owner`. */
  ownedBy(owner: KubernetesObject, storageKind: string): KubernetesObject[]
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export function ownersOf(object: KubernetesObject): OwnerReference[] {
  return (object.metadata['ownerReferences'] ?? []) as OwnerReference[]
}

import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type ControllerContext, type OwnerReference, ownersOf } from './controller-context.ts'
import { servedKinds, storageKind } from './served-kinds.ts'
import type { StorageEvent } from './storage.ts'

/** Whether an event has anything to do with owners: most have not. */
export function concernsOwners({ type, object }: StorageEvent): boolean {
  return type === 'DELETED' || object.metadata.deletionTimestamp !== undefined || ownersOf(object).length > 0
}

/** What an event means for owners and what they own: it goes with them, holds them back, or is let go. */
export function collectGarbage({ type, object, kind }: StorageEvent, context: ControllerContext): void {
  if (type === 'DELETED') {
    for (const dependent of dependentsOf(object, context)) context.end(dependent)
    for (const owner of ownersOf(object)) releaseOwner(owner, object, context)
    return
  }
  const { namespace = '', name, deletionTimestamp } = object.metadata
  const live = context.storage.get(kind, namespace, name)
  if (live === undefined) return
  if (isAbandoned(live, context)) context.end(live)
  if (deletionTimestamp === undefined) return
  if (finalizersOf(live).includes('orphan')) orphan(live, context)
  if (finalizersOf(live).includes('foregroundDeletion')) endDependents(live, context)
}

function dependentsOf(owner: KubernetesObject, context: ControllerContext): KubernetesObject[] {
  return servedKinds(context.storage).flatMap((kind) => context.ownedBy(owner, storageKind(kind)))
}

/** Every owner that it names is gone, or never was. */
function isAbandoned(object: KubernetesObject, context: ControllerContext): boolean {
  const owners = ownersOf(object)
  return owners.length > 0 && owners.every((owner) => find(owner, object, context) === undefined)
}

/** An owner lives in the same namespace, or in none. */
function find(
  { apiVersion, kind, name, uid }: OwnerReference,
  { metadata }: KubernetesObject,
  { storage }: ControllerContext,
): KubernetesObject | undefined {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  const key = storageKind({ group, kind })
  const found = storage.get(key, metadata.namespace ?? '', name) ?? storage.get(key, '', name)
  return found?.metadata.uid === uid ? found : undefined
}

function orphan(owner: KubernetesObject, context: ControllerContext): void {
  for (const dependent of dependentsOf(owner, context))
    context.update(dependent, (live) => {
      const ownerReferences = ownersOf(live).filter(({ uid }) => uid !== owner.metadata.uid)
      const { ownerReferences: _, ...metadata } = live.metadata
      return { ...live, metadata: { ...metadata, ...(ownerReferences.length > 0 && { ownerReferences }) } }
    })
  withoutFinalizer(owner, 'orphan', context)
}

/** The owner goes when nothing is left that blocks it. */
function endDependents(owner: KubernetesObject, context: ControllerContext): void {
  const dependents = dependentsOf(owner, context)
  for (const dependent of dependents) context.end(dependent)
  const isBlocked = dependentsOf(owner, context).some((dependent) =>
    ownersOf(dependent).some(
      (reference) => reference.uid === owner.metadata.uid && reference.blockOwnerDeletion,
    ),
  )
  if (!isBlocked) withoutFinalizer(owner, 'foregroundDeletion', context)
}

function releaseOwner(
  reference: OwnerReference,
  dependent: KubernetesObject,
  context: ControllerContext,
): void {
  const owner = find(reference, dependent, context)
  if (owner !== undefined && finalizersOf(owner).includes('foregroundDeletion')) endDependents(owner, context)
}

function withoutFinalizer(object: KubernetesObject, name: string, context: ControllerContext): void {
  context.update(object, (live) => {
    const finalizers = finalizersOf(live).filter((finalizer) => finalizer !== name)
    return { ...live, metadata: { ...live.metadata, finalizers } }
  })
}

function finalizersOf(object: KubernetesObject): string[] {
  return (object.metadata['finalizers'] ?? []) as string[]
}

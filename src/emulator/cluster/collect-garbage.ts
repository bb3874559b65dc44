import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type ControllerContext, ownersOf } from './controller-context.ts'
import { servedKinds, storageKind } from './served-kinds.ts'
import type { StorageEvent } from './storage.ts'

/** What an event means for owners and what they own: it goes with them, holds them back, or is let go. */
export function collectGarbage({ type, object, kind }: StorageEvent, context: ControllerContext): void {
  if (type === 'DELETED') {
    for (const dependent of dependentsOf(object, context)) context.end(dependent)
    for (const owner of ownersOf(object)) releaseOwner(owner.uid, context)
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
  return owners.length > 0 && owners.every(({ uid }) => find(uid, context) === undefined)
}

function find(uid: string, context: ControllerContext): KubernetesObject | undefined {
  for (const kind of servedKinds(context.storage)) {
    const found = context.storage.list(storageKind(kind)).find(({ metadata }) => metadata.uid === uid)
    if (found !== undefined) return found
  }
  return undefined
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

function releaseOwner(uid: string, context: ControllerContext): void {
  const owner = find(uid, context)
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

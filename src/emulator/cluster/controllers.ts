import { createHash } from 'node:crypto'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Api, timestamp } from './api.ts'
import { isSame } from './compare-values.ts'
import { collectGarbage, concernsOwners } from './collect-garbage.ts'
import { type ControllerContext, type OwnerReference, ownersOf } from './controller-context.ts'
import { servedKinds, storageKind } from './served-kinds.ts'
import { StatusError } from './status-error.ts'
import type { Storage } from './storage.ts'

/** Looks at one object and does the next step; a number: look again after so many milliseconds. */
export type Controller = (object: KubernetesObject, context: ControllerContext) => number | undefined

/** How long a controller takes to notice a change. */
const reactionMs = 20

/** Runs the controllers on every change of their kinds and of what they own, until `signal` aborts. */
export function runControllers(
  controllers: Record<string, Controller>,
  storage: Storage,
  api: Api,
  clock: Clock,
  signal: AbortSignal,
): void {
  const context = createContext(storage, api, clock)
  const waiting = new Set<string>()
  const lookAt = (kind: string, object: KubernetesObject, delayMs: number) => {
    const key = `${kind}|${object.metadata.namespace ?? ''}|${object.metadata.name}`
    const controller = controllers[kind]
    const slot = `${key}|${delayMs > reactionMs ? 'later' : 'soon'}`
    if (controller === undefined || waiting.has(slot)) return
    waiting.add(slot)
    const look = async () => {
      await clock.sleep(delayMs, signal)
      waiting.delete(slot)
      if (signal.aborted) return
      const live = storage.get(kind, object.metadata.namespace ?? '', object.metadata.name)
      if (live === undefined) return
      const again = attempt(() => controller(live, context))
      if (again !== undefined) lookAt(kind, live, Math.max(again, reactionMs + 1))
    }
    void look()
  }
  const unsubscribe = storage.subscribe((event) => {
    lookAt(event.kind, event.object, reactionMs)
    const owner = controllerOf(event.object)
    if (owner) lookAt(owner.kind, owner.object, reactionMs)
    if (concernsOwners(event)) void clock.sleep(reactionMs, signal).then(() => collectGarbage(event, context))
  })
  signal.addEventListener('abort', unsubscribe, { once: true })
}

/** What the API refuses now (a namespace that ends, an object that is gone) is tried again later. */
function attempt(control: () => number | undefined): number | undefined {
  try {
    return control()
  } catch (error) {
    if (error instanceof StatusError) return 1000
    throw error
  }
}

function createContext(storage: Storage, api: Api, clock: Clock): ControllerContext {
  const manager = 'kube-controller-manager'
  const kind = (name: string) => servedKinds(storage).find((kind) => storageKind(kind) === name)!
  const kindOf = (object: KubernetesObject) => kind(storageKindOf(object))
  return {
    storage,
    now: () => clock.now(),
    timestamp: () => timestamp(clock),
    kind,
    create(object) {
      const exists = storage.get(storageKindOf(object), object.metadata.namespace ?? '', object.metadata.name)
      if (!exists) api.create(kindOf(object), object, { manager })
    },
    setStatus(object, status) {
      if (isSame(object['status'], status)) return
      const options = { manager, subresource: 'status' as const }
      const { namespace = '', name } = object.metadata
      api.update(kindOf(object), namespace, name, (live) => ({ ...live, status }), options)
    },
    update(object, change) {
      api.update(kindOf(object), object.metadata.namespace ?? '', object.metadata.name, change, { manager })
    },
    remove(object) {
      const { namespace = '', name } = object.metadata
      if (storage.get(storageKindOf(object), namespace, name)) storage.remove(storageKindOf(object), object)
    },
    end(object) {
      const { namespace = '', name } = object.metadata
      const live = storage.get(storageKindOf(object), namespace, name)
      if (live?.metadata.deletionTimestamp === undefined && live?.metadata.uid === object.metadata.uid)
        api.delete(kindOf(object), namespace, name)
    },
    ownedBy: (owner, kind) =>
      storage.list(kind).filter((object) => ownersOf(object).some(({ uid }) => uid === owner.metadata.uid)),
  }
}

export function storageKindOf(object: KubernetesObject): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  return `${group}/${object.kind}`
}

export function ownerReference(owner: KubernetesObject): OwnerReference & { blockOwnerDeletion: true } {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  }
}

function controllerOf(object: KubernetesObject): { kind: string; object: KubernetesObject } | undefined {
  const owner = ownersOf(object).find((reference) => reference.controller)
  if (owner === undefined) return undefined
  const metadata = { name: owner.name, namespace: object.metadata.namespace }
  const found = { apiVersion: owner.apiVersion, kind: owner.kind, metadata }
  return { kind: storageKindOf(found), object: found }
}

/** A short name for a pod template, as pod-template-hash. */
export function templateHash(template: unknown): string {
  return createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10)
}

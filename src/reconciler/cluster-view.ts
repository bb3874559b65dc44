import { type KubernetesObject, objectId, objectKey } from '../domain/kubernetes-object.ts'
import type { LiveObject } from '../domain/live-object.ts'
import type { Instant } from '../domain/refs.ts'
import {
  isInventory,
  inventoryOwner,
  recordedKinds,
  type InventoryOwner,
} from '../features/sync/inventory.ts'
import { changesAnswer, observe } from '../features/sync/observe.ts'
import { applicationLabel, isOwned, ownerLabel } from '../features/sync/ownership.ts'
import { servedScopes } from '../journeys/sync/served-scopes.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterView, WatchedKinds } from '../ports/cluster-view.ts'
import type { Cluster, WatchEvent } from '../ports/cluster.ts'
import { createKindFinder } from './find-owned-kinds.ts'

export interface ClusterViewOptions {
  cluster: Pick<Cluster, 'name' | 'resources' | 'watch' | 'list'>
  clock: Clock
  signal: AbortSignal
  /** Something changed that can change what is to be done, or said, about the target of an inventory. */
  onHint(hint: InventoryOwner): void
}

/** A server that says nothing for so long is not answering. */
const patienceMs = 20_000

/** The event of our own write is waited for so long; then what the watch says counts. */
const echoMs = 3_000

/** While an answer of ours is on its way, the watch tells no more versions of the object than these. */
const keptVersions = 16

/** For kinds without generation any write looks like a change: one hint per object in this time. */
const quietMs = 10 * 60_000

/** The answer to a write of ours, until the watch has told it too. */
interface Awaited {
  uid: string | undefined
  version: string | undefined
  since: Instant
  /** The newest event that came meanwhile. */
  latest?: WatchEvent
}

/** Keeps the live objects of one cluster that carry the owner's label, kind by kind as they are asked for. */
export function createClusterView({ cluster, clock, signal, onHint }: ClusterViewOptions): ClusterView {
  const objects = new Map<string, LiveObject>()
  const keysByOwner = new Map<string, Set<string>>()
  const inventories = new Map<string, KubernetesObject>()
  const owners = new Map<string, InventoryOwner>()
  const awaited = new Map<string, Awaited>()
  /** The newest versions that the watch told of each object, oldest first. */
  const told = new Map<string, string[]>()
  const quietUntil = new Map<string, Instant>()
  /** Uids of Jobs that went after they had completed, sooner perhaps than anybody looked. */
  const completed = new Map<string, string>()
  const kinds = new Map<string, WatchedKind>()

  const hint = (object: KubernetesObject | undefined) => {
    const owner = object && owners.get(ownerKey(object))
    if (owner !== undefined) onHint(owner)
  }
  const store = (key: string, live: LiveObject | undefined) => {
    const before = objects.get(key)
    if (before !== undefined) keysByOwner.get(ownerKey(before))?.delete(key)
    if (live === undefined) return void objects.delete(key)
    objects.set(key, live)
    const keys = keysByOwner.get(ownerKey(live)) ?? new Set()
    keysByOwner.set(ownerKey(live), keys.add(key))
  }
  const storeInventory = (key: string, object: KubernetesObject | undefined) => {
    const known = inventories.get(key)
    if (object === undefined) inventories.delete(key)
    else inventories.set(key, withoutFields(object))
    const owner = object && inventoryOwner(object)
    if (object && owner) owners.set(ownerKey(object), owner)
    return known?.metadata.resourceVersion !== object?.metadata.resourceVersion
  }
  const accept = ({ type, object }: WatchEvent, isSynced: boolean) => {
    const key = objectKey(objectId(object))
    const isGone = type === 'DELETED'
    if (isInventory(object)) {
      if (storeInventory(key, isGone ? undefined : object)) {
        followInventory(object)
        if (isSynced) hint(object)
      }
      return
    }
    const before = objects.get(key)
    const now = clock.now()
    const seen = observe(object, now)
    const live = isGone ? undefined : withWhole(seen, before, object)
    store(key, live)
    const { uid } = object.metadata
    if (!isGone) completed.delete(key)
    else if (uid !== undefined && (seen.isFinished || before?.isFinished)) completed.set(key, uid)
    if (!isSynced) return
    if (changesAnswer(before, live)) return hint(live ?? before)
    const isOtherVersion = before?.metadata.resourceVersion !== live?.metadata.resourceVersion
    if (live?.metadata.generation !== undefined || !isOtherVersion) return
    if ((quietUntil.get(key) ?? 0) > now) return
    quietUntil.set(key, now + quietMs)
    hint(live)
  }
  const onEvent = (event: WatchEvent, isSynced: boolean) => {
    const key = objectKey(objectId(event.object))
    const { uid, resourceVersion } = event.object.metadata
    if (event.type === 'DELETED') told.delete(key)
    else if (isSynced && resourceVersion !== undefined)
      told.set(key, [...(told.get(key) ?? []), resourceVersion].slice(-keptVersions))
    const echo = awaited.get(key)
    if (echo === undefined) return accept(event, isSynced)
    const isEcho = resourceVersion === echo.version || (event.type === 'DELETED' && uid === echo.uid)
    if (!isEcho) return void (echo.latest = event)
    awaited.delete(key)
    // What the answer to our write said already.
    if (event.type !== 'DELETED' && objects.get(key)?.metadata.resourceVersion === resourceVersion) return
    accept(event, isSynced)
  }
  let isSweeping = false
  /** What the watch said meanwhile counts where an echo stays away: that of a list is not told one by one. */
  const sweepEchoes = async () => {
    isSweeping = true
    while (awaited.size > 0 && !signal.aborted) {
      await clock.sleep(echoMs, signal)
      for (const [key, { since, latest }] of awaited) {
        if (clock.now() - since < echoMs) continue
        awaited.delete(key)
        if (latest !== undefined && !signal.aborted) accept(latest, true)
      }
    }
    isSweeping = false
  }
  const followInventory = (object: KubernetesObject) => {
    for (const kind of recordedKinds(object)) void watched(kind)
  }
  const watched = ({ group, kind }: { group: string; kind: string }): WatchedKind => {
    const name = kindName({ group, kind })
    const known = kinds.get(name)
    if (known !== undefined) return known
    const one = watchKind({ cluster, clock, signal, group, kind, onEvent, onTrouble: tellAll })
    kinds.set(name, one)
    return one
  }
  /** All targets have to say that the cluster does not answer, or that it does again. */
  const tellAll = () => {
    for (const owner of owners.values()) onHint(owner)
  }

  const findKinds = createKindFinder(cluster, clock)

  return {
    async follow(wanted) {
      await watched(configMaps).ready()
      const served = servedScopes(await cluster.resources())
      const isServed = (one: { group: string; kind: string }) => served.has(kindName(one))
      await Promise.all(wanted.filter(isServed).map((kind) => watched(kind).ready()))
      // Another kind may be down by itself, as where its conversion webhook is.
      for (const kind of [configMaps, ...wanted]) kinds.get(kindName(kind))?.demandUp()
    },
    async followOwned() {
      const { owned, silent } = await findKinds()
      for (const kind of owned) void watched(kind)
      const unread = [...kinds.values()].map((one) =>
        one.ready().then(
          () => [],
          () => [one.kind],
        ),
      )
      return [...silent, ...(await Promise.all(unread)).flat()]
    },
    get: (key) => objects.get(key),
    completed: (key) => completed.get(key),
    owned(labels) {
      const key = `${labels[ownerLabel]}/${labels[applicationLabel]}`
      const live = [...(keysByOwner.get(key) ?? [])].flatMap((one) => objects.get(one) ?? [])
      return live.filter((object) => isOwned(object, labels))
    },
    inventory: (id) => inventories.get(objectKey(id)),
    note(object) {
      const key = objectKey(objectId(object))
      const { uid, resourceVersion: version } = object.metadata
      const known = isInventory(object) ? inventories.get(key) : objects.get(key)
      const live = observe(object, clock.now())
      // The watch was faster than the answer, and may have told more since.
      if (version !== undefined && told.get(key)?.includes(version)) return live
      if (isInventory(object)) storeInventory(key, object)
      else store(key, live)
      if (known?.metadata.resourceVersion !== version) awaited.set(key, { uid, version, since: clock.now() })
      if (!isSweeping) void sweepEchoes()
      return live
    },
  }
}

/** Who wrote which field of an inventory takes more room than the inventory. */
function withoutFields(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

const configMaps = { group: '', kind: 'ConfigMap' }

function kindName({ group, kind }: { group: string; kind: string }): string {
  return `${group}/${kind}`
}

function ownerKey({ metadata: { labels = {} } }: KubernetesObject): string {
  return `${labels[ownerLabel]}/${labels[applicationLabel]}`
}

/** What became different is kept whole until we write it again, so that it can be described. */
function withWhole(live: LiveObject, before: LiveObject | undefined, object: KubernetesObject): LiveObject {
  if (before === undefined || live.whole !== undefined) return live
  const isSame = before.fields === live.fields && before.metadata.generation === live.metadata.generation
  return isSame && before.whole === undefined ? live : { ...live, whole: object }
}

interface WatchedKind {
  kind: WatchedKinds[number]
  /** The first list is in. Throws where the server does not answer, or nobody waits for it any more. */
  ready(): Promise<void>
  /** Throws where the server has not answered for a while. */
  demandUp(): void
}

interface WatchKindOptions extends Pick<ClusterViewOptions, 'cluster' | 'clock' | 'signal'> {
  group: string
  kind: string
  onEvent(event: WatchEvent, isSynced: boolean): void
  /** The server has not answered for a while, or does so again after that. */
  onTrouble(): void
}

function watchKind({
  cluster,
  clock,
  signal,
  group,
  kind,
  onEvent,
  onTrouble,
}: WatchKindOptions): WatchedKind {
  let isSynced = false
  let isDown = false
  let downSince: Instant | undefined
  let waiting: (() => void)[] = []
  const wake = () => {
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const demandUp = () => {
    if (isDown) throw unreachable(cluster.name, `watch ${kind}`)
  }
  const onConnection = async (isUp: boolean) => {
    if (isUp) {
      downSince = undefined
      if (isDown) onTrouble()
      isDown = false
      return
    }
    const since = (downSince = clock.now())
    await clock.sleep(patienceMs, signal)
    if (downSince !== since || signal.aborted) return
    isDown = true
    onTrouble()
    wake()
  }
  const handlers = {
    onEvent: (event: WatchEvent) => onEvent(event, isSynced),
    onSynced() {
      isSynced = true
      wake()
    },
    onConnection: (isUp: boolean) => void onConnection(isUp),
  }
  void cluster.watch({ group, kind }, { [ownerLabel]: true }, handlers, signal)
  signal.addEventListener('abort', wake, { once: true })
  return {
    kind: { group, kind },
    demandUp,
    async ready() {
      const isKnown = isSynced || isDown || signal.aborted
      if (!isKnown) await new Promise<void>((resolve) => waiting.push(resolve))
      demandUp()
      if (!isSynced) throw unreachable(cluster.name, `watch ${kind} to its end`)
    },
  }
}

function unreachable(target: string, operation: string): AdapterError {
  return new AdapterError({
    system: 'kubernetes',
    operation,
    target,
    retryable: true,
    message: 'the API server cannot be reached',
  })
}

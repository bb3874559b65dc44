import {
  formatObjectId,
  type KubernetesObject,
  objectId,
  type ObjectId,
} from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ApiResource, ApplyResult, Cluster } from '../../ports/cluster.ts'
import type { Log } from '../../ports/log.ts'
import type { Random } from '../../ports/random.ts'
import { type Connection, type KubeconfigSource, openConnection, type OpenPool } from './connection.ts'
import { type Call, createHttpClient, nonsenseMs, type Reply, type Status } from './http-client.ts'
import { apiVersionOf, applyQuery, collectionPath, findPath, objectPath, pageSize } from './resource-paths.ts'
import { withoutManagers, withoutServerFields, withVersion } from './sent-objects.ts'
import { createServedResources } from './served-resources.ts'
import { toApplyResult, toReplaceResult } from './to-apply-result.ts'
import { watchObjects } from './watch-objects.ts'

export interface ClusterOptions {
  name: string
  kubeconfig: KubeconfigSource
  clock: Clock
  random: Random
  log: Log
  openPool?: OpenPool
}

/** An identity is believed for so long: a cluster that is replaced breaks every connection. */
const identityMs = 60_000

/** A Kubernetes API server over HTTP. Close it to let go of its sockets. */
export function createCluster(options: ClusterOptions): Cluster & { close(): Promise<void> } {
  const { name, clock, random, log } = options
  let opening: Promise<Connection> | undefined
  const connect = () => (opening ??= open())
  /** A kubeconfig that cannot be read, or is not there yet, is asked for again. */
  const open = async () => {
    try {
      return await openConnection(name, options.kubeconfig, clock, options.openPool)
    } catch (error) {
      opening = undefined
      throw error
    }
  }
  const http = createHttpClient(name, connect, clock, random)
  const served = createServedResources(http)

  const unexpected = (operation: string, reply: Reply) =>
    new AdapterError({
      system: 'kubernetes',
      operation,
      target: name,
      retryable: [404, 409, 410].includes(reply.status),
      message: `the API server answers ${reply.status}`,
    })
  const notAList = (operation: string) =>
    new AdapterError({
      system: 'kubernetes',
      operation,
      target: name,
      retryable: true,
      message: `the API server answers no list, or one of more than ${mostListed} objects`,
      retryAfterMs: nonsenseMs,
    })
  /** A call on one object, in whatever version it is served now. Undefined: its kind is not served. */
  const callObject = async (id: ObjectId, call: Omit<Call, 'path'>, query = '') => {
    const resource = await served.find(id)
    if (resource === undefined) return undefined
    const reply = await http.call({ ...call, path: objectPath(resource, id) + query })
    if (reply.status !== 404 || isObjectMissing(reply, id)) return reply
    // The version that was asked for is gone, and the object may be there in another.
    await served.refresh(id.group)
    const other = await served.find(id)
    return other && http.call({ ...call, path: objectPath(other, id) + query })
  }
  let identity: { uid: Promise<string>; at: Instant } | undefined
  const readIdentity = async () => {
    const system = { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: 'kube-system' }
    const uid = (await get(system))?.metadata.uid
    if (uid === undefined) throw unexpected('read the identity', { status: 404, body: undefined })
    return uid
  }
  const get = async (id: ObjectId) => {
    const operation = `get ${formatObjectId(id)}`
    const reply = await callObject(id, { method: 'GET', operation })
    if (reply === undefined || reply.status === 404) return undefined
    if (reply.status !== 200) throw unexpected(operation, reply)
    return reply.body as KubernetesObject
  }
  const list: Cluster['list'] = async (kind, labels) => {
    const resource = await served.find(kind)
    const found = resource && (await listAll(collectionPath(resource, labels), resource))
    if (resource === undefined || found !== undefined) return found ?? nothing
    await served.refresh(kind.group)
    const other = await served.find(kind)
    if (other === undefined) return nothing
    const again = await listAll(collectionPath(other, labels), other)
    if (again === undefined) throw unexpected(`list ${other.plural}`, { status: 404, body: undefined })
    return again
  }
  /** Undefined: it is served no longer, or not in this version. Begun anew where the server forgot the pages that come next. */
  const listAll = async (path: string, resource: ApiResource): Promise<ListedObjects | undefined> => {
    const operation = `list ${resource.plural}`
    let objects: KubernetesObject[] = []
    let begun = 1
    for (let token = ''; ;) {
      const query = `${path.includes('?') ? '&' : '?'}limit=${pageSize}${token && `&continue=${encodeURIComponent(token)}`}`
      const reply = await http.call({ method: 'GET', path: path + query, operation })
      if (reply.status === 410 && token !== '' && begun < mostBegun) {
        begun += 1
        objects = []
        token = ''
        continue
      }
      if (reply.status === 404) return undefined
      if (reply.status !== 200) throw unexpected(operation, reply)
      const page = readList(reply.body)
      if (page === undefined || objects.length > mostListed) throw notAList(operation)
      const { items, metadata } = page
      for (const item of items) objects.push(withKind(resource, item))
      token = metadata.continue ?? ''
      if (token === '') return { objects, resourceVersion: metadata.resourceVersion }
    }
  }

  return {
    name,
    clockSkew: http.clockSkew,
    identity() {
      if (identity !== undefined && clock.now() - identity.at < identityMs) return identity.uid
      const uid = readIdentity()
      identity = { uid, at: clock.now() }
      uid.catch(() => (identity = undefined))
      return uid
    },
    resources: served.all,
    get,
    list,
    async find(kind, query) {
      const resource = await served.find(kind)
      if (resource === undefined) return []
      const operation = `find ${resource.plural}`
      const reply = await http.call({ method: 'GET', path: findPath(resource, query), operation })
      if (reply.status === 403) return 'denied'
      if (reply.status !== 200) throw unexpected(operation, reply)
      const page = readList(reply.body)
      if (page === undefined) throw notAList(operation)
      return page.items.map((item) => withKind(resource, item))
    },
    async apply(object, applyOptions) {
      const id = objectId(object)
      const known = await served.find(id)
      const isServed = known?.version === id.version
      if (known !== undefined && !isServed) await served.refresh(id.group)
      const resource = isServed ? known : await served.find(id)
      if (resource?.version !== id.version) return { kind: 'unknown-kind' }
      const operation = `apply ${formatObjectId(id)}`
      const body = withVersion(withoutServerFields(object), applyOptions.resourceVersion)
      const path = `${objectPath(resource, id)}?${applyQuery(applyOptions)}`
      const contentType = 'application/apply-patch+yaml'
      const { as, isMetadataEnough = false } = applyOptions
      const accept = isMetadataEnough ? metadataOnly : undefined
      const reply = await http.call({ method: 'PATCH', path, contentType, accept, body, operation, as })
      const result: ApplyResult | undefined = toApplyResult(reply, isMetadataEnough ? object : undefined)
      if (result === undefined) throw unexpected(operation, reply)
      if (result.kind === 'unknown-kind') await served.refresh(id.group)
      return result
    },
    async replace(object, { fieldManager, isThere }) {
      const id = objectId(object)
      const operation = `replace ${formatObjectId(id)}`
      const resource = await served.find(id)
      if (resource === undefined) throw unexpected(operation, { status: 404, body: undefined })
      const path = objectPath(resource, id)
      const query = `?fieldManager=${encodeURIComponent(fieldManager)}`
      const body = withoutManagers(object)
      const put = () =>
        http.call({ method: 'PUT', path: path + query, accept: metadataOnly, body, operation })
      const create = () => {
        const collection = path.slice(0, path.lastIndexOf('/'))
        return http.call({ method: 'POST', path: collection + query, accept: metadataOnly, body, operation })
      }
      let reply = isThere ? await put() : await create()
      // It went away, or came, since we last knew.
      if (isThere && reply.status === 404) reply = await create()
      else if (!isThere && reply.status === 409) reply = await put()
      const result = toReplaceResult(object, reply)
      if (result === undefined) throw unexpected(operation, reply)
      return result
    },
    async patch(id, body, { fieldManager, as }) {
      const operation = `patch ${formatObjectId(id)}`
      const query = `?fieldManager=${encodeURIComponent(fieldManager)}`
      const contentType = 'application/json-patch+json'
      const reply = await callObject(id, { method: 'PATCH', contentType, body, operation, as }, query)
      if (reply === undefined || reply.status === 404) return 'gone'
      if (reply.status === 403) return 'denied'
      if (reply.status === 409 || reply.status === 422) return 'stale'
      if (reply.status !== 200) throw unexpected(operation, reply)
      return 'patched'
    },
    async delete(id, uid, { propagation = 'Background', as } = {}) {
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: propagation,
        preconditions: { uid },
      }
      const operation = `delete ${formatObjectId(id)}`
      const reply = await callObject(id, { method: 'DELETE', body, operation, as })
      if (reply === undefined || reply.status === 404) return 'gone'
      if (reply.status === 409) return 'replaced'
      if (reply.status === 403) return 'denied'
      if (reply.status !== 200 && reply.status !== 202) throw unexpected(operation, reply)
      return 'deleted'
    },
    async watch(kind, labels, handlers, signal) {
      const path = async () => {
        const resource = await served.find(kind)
        if (resource === undefined) throw unexpected(`watch ${kind.kind}`, { status: 404, body: undefined })
        return collectionPath(resource, labels)
      }
      await watchObjects(
        { path, list: () => list(kind, labels), handlers, signal },
        http,
        clock,
        random,
        log.child({ cluster: name, kind: kind.kind }),
      )
    },
    async close() {
      const connection = await opening?.catch(() => undefined)
      await connection?.close()
    },
  }
}

/** A list that is forgotten while it is read, time and again, is none. */
const mostBegun = 3

/** A server that has more of a kind than this, or never comes to an end, is not to be trusted with our memory. */
const mostListed = 200_000

type ListedObjects = Awaited<ReturnType<Cluster['list']>>

/** Of a kind that is not served. */
const nothing: ListedObjects = { objects: [], resourceVersion: '0' }

interface ObjectList {
  items: KubernetesObject[]
  metadata: { resourceVersion: string; continue?: string }
}

/** Undefined: it is none, whatever the status said. */
function readList(body: unknown): ObjectList | undefined {
  const { items, metadata } = (body ?? {}) as Partial<ObjectList>
  if (typeof metadata?.resourceVersion !== 'string') return undefined
  const isSound =
    items === null || (Array.isArray(items) && items.every((item) => typeof item?.metadata === 'object'))
  return isSound ? { items: items ?? [], metadata } : undefined
}

/** Items of a list leave out what the list says. */
function withKind(resource: ApiResource, item: KubernetesObject): KubernetesObject {
  return { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }
}

/** The server knows the kind, and no object of this name; where it does not know the path it names nothing. */
function isObjectMissing(reply: Reply, id: ObjectId): boolean {
  return (reply.body as Status | undefined)?.message?.includes(`"${id.name}"`) === true
}

/** The answer repeats nothing of what was sent. A refusal comes as ever. */
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'

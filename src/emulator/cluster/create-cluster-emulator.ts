import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KubernetesObject, ObjectId } from '../../domain/kubernetes-object.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import { type Admission, type Api, createApi } from './api.ts'
import { type Chaos, type Fault, type RequestRecord, takeFault } from './chaos.ts'
import { runControllers } from './controllers.ts'
import { handleRequest, parseRoute, type Route, type Server } from './handle-request.ts'
import type { Kind } from './kinds.ts'
import { listWorkloads, type Workload } from './list-workloads.ts'
import { statusWriters } from './object-controllers.ts'
import { mergePatch } from './patches.ts'
import { servedKinds, storageKind } from './served-kinds.ts'
import { StatusError } from './status-error.ts'
import { createStorage } from './storage.ts'

/** A Kubernetes API server with its controllers in a box: state behind HTTP, driven by a clock that tests can hold. */
export interface ClusterEmulator {
  listen(): Promise<{ url: string; token: string; kubeconfig: string; close(): Promise<void> }>
  chaos: Chaos
  /** A person's `kubectl edit`: an RFC 7386 patch, written under the manager's name. */
  edit(
    id: Pick<ObjectId, 'kind' | 'name'> & Partial<ObjectId>,
    patch: unknown,
    manager?: string,
  ): KubernetesObject
  get(id: Pick<ObjectId, 'kind' | 'name'> & Partial<ObjectId>): KubernetesObject | undefined
  /** Objects of a kind, everywhere or in one namespace. */
  list(kind: string, namespace?: string): KubernetesObject[]
  create(object: KubernetesObject, manager?: string): KubernetesObject
  delete(id: Pick<ObjectId, 'kind' | 'name'> & Partial<ObjectId>): void
  /** Adds an admission rule; the returned function takes it away. */
  admission(rule: Admission): () => void
  /** Refuses what the rule says no to; a request that impersonates somebody is that user's. */
  authorization(rule: Authorization): () => void
  workloads(): Workload[]
  /** Every request so far, for counting. */
  requests: RequestRecord[]
}

/** Whether the user may do this; without a rule everybody may do everything. */
export type Authorization = (request: {
  user: string
  verb: string
  namespace: string
  kind: string
}) => boolean

export function createClusterEmulator(options: {
  name: string
  clock: Clock
  random: Random
}): ClusterEmulator {
  const { name, clock, random } = options
  const storage = createStorage()
  const rules: Admission[] = []
  const authorizations: Authorization[] = []
  const faults: Fault[] = []
  const requests: RequestRecord[] = []
  const api = createApi(storage, clock, random, () => rules)
  const server: Server = { api, storage, clock, watches: new Set() }
  const stopped = new AbortController()
  runControllers(statusWriters, storage, api, clock, stopped.signal)
  const kindNamed = (kind: string, group?: string): Kind => {
    const found = servedKinds(storage).find(
      (served) => served.kind === kind && (group ?? served.group) === served.group,
    )
    if (found === undefined) throw new Error(`the emulated cluster does not serve ${kind}`)
    return found
  }
  const newNamespace = (name: string) =>
    api.create(
      kindNamed('Namespace'),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { manager: 'kube-apiserver' },
    )
  for (const namespace of ['default', 'kube-system', 'kube-public']) newNamespace(namespace)

  const answer = async (request: IncomingMessage, response: ServerResponse, token: string) => {
    const url = new URL(request.url ?? '/', 'http://cluster.invalid')
    response.setHeader('date', new Date(clock.now()).toUTCString())
    const body = await readBody(request)
    const route = parseRoute(request.method ?? 'GET', url, servedKinds(storage))
    const verb = String(request.headers['content-type']).includes('apply-patch') ? 'apply' : route.verb
    const record = (code: number) =>
      requests.push({ at: clock.now(), method: route.method, path: url.pathname + url.search, verb, code })
    const fault = takeFault(faults, verb, url.pathname)
    if (fault?.kind === 'unreachable') return void request.socket.destroy()
    if (fault?.kind === 'silence') return
    try {
      demandSize(body)
      if (request.headers.authorization !== `Bearer ${token}`)
        throw new StatusError(401, 'Unauthorized', 'Unauthorized')
      const user = String(request.headers['impersonate-user'] ?? 'drawbridge')
      authorize(authorizations, api, route, user)
      if (fault?.kind === 'error') throw faultAnswer(fault)
      const result = await handleRequest(server, route, request, response, body)
      record(result?.code ?? 200)
      if (fault?.kind === 'lost-answer') return void request.socket.destroy()
      if (result) send(response, result.code, result.body, request)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      record(error.code)
      const retry = error.retryAfterSeconds
      if (retry !== undefined) response.setHeader('retry-after', String(retry))
      send(response, error.code, error.toStatus())
    }
  }

  return {
    async listen() {
      const token = Buffer.from(random.bytes(24)).toString('base64url')
      const http = createServer((request, response) => {
        answer(request, response, token).catch((error: unknown) => {
          send(response, 500, new StatusError(500, 'InternalError', String(error)).toStatus())
        })
      })
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
      return {
        url,
        token,
        kubeconfig: kubeconfigOf(name, url, token),
        async close() {
          stopped.abort()
          for (const watch of server.watches) watch.close()
          http.closeAllConnections()
          await new Promise((resolve) => http.close(resolve))
        },
      }
    },
    chaos: createChaos(server, faults),
    edit(id, patch, manager = 'kubectl-edit') {
      const change = (live: KubernetesObject) => mergePatch(live, patch) as KubernetesObject
      return api.update(kindNamed(id.kind, id.group), id.namespace ?? '', id.name, change, { manager })
    },
    get: (id) => api.get(kindNamed(id.kind, id.group), id.namespace ?? '', id.name),
    list: (kind, namespace) =>
      storage
        .list(storageKind(kindNamed(kind)))
        .filter((object) => namespace === undefined || object.metadata.namespace === namespace),
    create: (object, manager = 'kubectl-create') => api.create(kindNamed(object.kind), object, { manager }),
    delete(id) {
      api.delete(kindNamed(id.kind, id.group), id.namespace ?? '', id.name)
    },
    admission(rule) {
      rules.push(rule)
      return () => void rules.splice(rules.indexOf(rule), 1)
    },
    authorization(rule) {
      authorizations.push(rule)
      return () => void authorizations.splice(authorizations.indexOf(rule), 1)
    },
    workloads: () => listWorkloads(storage),
    requests,
  }
}

/** An apply asks for `patch`, and for `create` too where the object is not there yet. */
function authorize(rules: readonly Authorization[], api: Api, route: Route, user: string): void {
  const { kind, namespace, name, verb } = route
  const isNew = verb === 'patch' && kind !== undefined && api.get(kind, namespace, name) === undefined
  for (const asked of isNew ? [verb, 'create'] : [verb]) {
    const request = { user, verb: asked, namespace, kind: kind?.kind ?? '' }
    if (rules.every((rule) => rule(request))) continue
    const what = kind === undefined ? route.url.pathname : `${kind.plural}${kind.group && `.${kind.group}`}`
    const named = name === '' ? what : `${what} "${name}"`
    const place = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
    throw new StatusError(
      403,
      'Forbidden',
      `${named} is forbidden: User "${user}" cannot ${asked} resource "${kind?.plural}" in API group "${kind?.group}" ${place}`,
    )
  }
}

function createChaos(server: Server, faults: Fault[]): Chaos {
  return {
    inject: (fault) => void faults.push(fault),
    heal: () => void faults.splice(0),
    closeWatches: () => server.watches.forEach((watch) => watch.close()),
    cutWatches: () => server.watches.forEach((watch) => watch.cut()),
    stallWatches: () => server.watches.forEach((watch) => watch.stall()),
    compact: () => server.storage.compact(),
    expireWatches() {
      server.storage.compact()
      server.watches.forEach((watch) => watch.expire())
    },
  }
}

/** Bytes of the largest request: 3 MiB. */
const largestRequest = 3 * 1024 * 1024

function demandSize(body: string): void {
  if (Buffer.byteLength(body) > largestRequest)
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: limit is ${largestRequest}`,
    )
}

function faultAnswer(fault: Fault & { kind: 'error' }): StatusError {
  const reason = fault.code === 429 ? 'TooManyRequests' : 'InternalError'
  const message = fault.code === 429 ? 'too many requests, please try again later' : 'the server is not well'
  return new StatusError(fault.code, reason, message, [], fault.retryAfterSeconds)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, code: number, body: unknown, request?: IncomingMessage): void {
  if (response.headersSent || response.destroyed) return
  if (typeof body === 'string') {
    response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(body)
    return
  }
  const text = JSON.stringify(body)
  const isDiscovery = (body as { kind?: string } | undefined)?.kind === 'APIGroupDiscoveryList'
  if (!isDiscovery) {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(text)
    return
  }
  const etag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`
  const isKnown = request?.headers['if-none-match'] === etag
  const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  response.writeHead(isKnown ? 304 : code, { 'content-type': type, etag })
  response.end(isKnown ? undefined : text)
}

/** Plain HTTP on loopback; client-node wants it said in so many words. */
function kubeconfigOf(name: string, server: string, token: string): string {
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    },
    undefined,
    2,
  )
}

export type { Admission, Route }

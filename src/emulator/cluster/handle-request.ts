import type { IncomingMessage, ServerResponse } from 'node:http'
import { load } from 'js-yaml'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Api, type DeleteOptions, notFound, type WriteOptions } from './api.ts'
import { aggregatedDiscovery, apiGroup, groupList, resourceList } from './discovery.ts'
import { apiVersionOf, type Kind } from './kinds.ts'
import { jsonPatch, mergePatch } from './patches.ts'
import { servedKinds } from './served-kinds.ts'
import { StatusError } from './status-error.ts'
import type { Storage } from './storage.ts'
import { listPage, selectorOf } from './list-page.ts'
import { demandTyped } from './typed-patch.ts'
import { openWatch, type WatchStream } from './watch-stream.ts'

export interface Server {
  api: Api
  storage: Storage
  clock: Clock
  watches: Set<WatchStream>
}

export interface Answer {
  code: number
  body: unknown
}

/** What a request is for: an address of the REST API, taken apart. */
export interface Route {
  verb: string
  method: string
  url: URL
  kind?: Kind
  namespace: string
  name: string
  subresource: string
}

/** Reads the address; kinds that are not served give no kind. */
export function parseRoute(method: string, url: URL, kinds: Kind[]): Route {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const isCore = parts[0] === 'api'
  const [group, version] = isCore ? ['', parts[1]] : [parts[1], parts[2]]
  let rest = parts.slice(isCore ? 2 : 3)
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2]!)) {
    namespace = rest[1]!
    rest = rest.slice(2)
  }
  const [plural, name = '', subresource = ''] = rest
  const kind = kinds.find(
    (kind) => kind.group === group && kind.version === version && kind.plural === plural,
  )
  return { verb: verbOf(method, url, name), method, url, kind, namespace, name, subresource }
}

function verbOf(method: string, url: URL, name: string): string {
  if (method === 'GET') {
    if (url.searchParams.get('watch') === 'true' || url.searchParams.get('watch') === '1') return 'watch'
    return name === '' ? 'list' : 'get'
  }
  const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
  return verbs[method] ?? method
}

/** Answers one request; a watch keeps the response and answers by itself (undefined). */
export async function handleRequest(
  server: Server,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): Promise<Answer | undefined> {
  const { kind } = route
  if (kind === undefined) return discovery(server, route, request)
  const represent = representation(request, kind)
  if (route.verb === 'watch') {
    startWatch(server, route, kind, represent, response)
    return undefined
  }
  if (route.verb === 'list')
    return {
      code: 200,
      body: listPage(server.storage, kind, route.namespace, route.url.searchParams, represent),
    }
  const { code, object } = perform(server, route, kind, request, body)
  return { code, body: represent(object) }
}

function discovery(server: Server, route: Route, request: IncomingMessage): Answer {
  const kinds = servedKinds(server.storage)
  const parts = route.url.pathname.split('/').filter((part) => part !== '')
  const isAggregated = String(request.headers.accept).includes('g=apidiscovery.k8s.io')
  if (parts.length === 1 && parts[0] === 'version')
    return { code: 200, body: { major: '1', minor: '36', gitVersion: 'v1.36.3' } }
  if (parts.length === 1 && ['healthz', 'readyz', 'livez'].includes(parts[0]!))
    return { code: 200, body: 'ok' }
  if (route.url.pathname === '/api') {
    const core = kinds.filter((kind) => kind.group === '')
    return {
      code: 200,
      body: isAggregated ? aggregatedDiscovery(core) : { kind: 'APIVersions', versions: ['v1'] },
    }
  }
  if (route.url.pathname === '/apis') {
    const others = kinds.filter((kind) => kind.group !== '')
    return { code: 200, body: isAggregated ? aggregatedDiscovery(others) : groupList(others) }
  }
  const asked = parts.length === 2 && parts[0] === 'apis' ? apiGroup(kinds, parts[1]!) : undefined
  if (asked !== undefined) return { code: 200, body: asked }
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]]
  const isGroup = parts.length === (parts[0] === 'api' ? 2 : 3)
  if (isGroup && kinds.some((kind) => kind.group === group && kind.version === version))
    return { code: 200, body: resourceList(kinds, group!, version!) }
  return { code: 404, body: '404 page not found\n' }
}

/** In the version of the address; PartialObjectMetadata where the client asks for it. */
function representation(request: IncomingMessage, kind: Kind): (object: KubernetesObject) => unknown {
  const apiVersion = apiVersionOf(kind)
  const isPartial = String(request.headers.accept).includes('as=PartialObjectMetadata')
  return (object) => {
    if (object.metadata === undefined || object.kind === 'Status') return object
    if (!isPartial) return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
    return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
  }
}

function startWatch(
  server: Server,
  route: Route,
  kind: Kind,
  represent: (object: KubernetesObject) => unknown,
  response: ServerResponse,
): void {
  const query = route.url.searchParams
  const watch = openWatch(
    response,
    {
      kind,
      matches: selectorOf(kind, query, route.namespace),
      resourceVersion: query.get('resourceVersion') ?? undefined,
      timeoutSeconds: Number(query.get('timeoutSeconds') ?? 3600),
      allowsBookmarks: query.get('allowWatchBookmarks') === 'true',
      sendsInitialEvents: query.get('sendInitialEvents') === 'true',
      represent,
    },
    server.storage,
    server.clock,
    () => server.watches.delete(watch),
  )
  server.watches.add(watch)
}

function perform(
  server: Server,
  route: Route,
  kind: Kind,
  request: IncomingMessage,
  body: string,
): { code: number; object: KubernetesObject } {
  const { api } = server
  const { namespace, name } = route
  const options = writeOptions(route, request)
  switch (route.verb) {
    case 'get': {
      const object = api.get(kind, namespace, name)
      if (object === undefined) throw notFound(kind, name)
      return { code: 200, object }
    }
    case 'create':
      return { code: 201, object: api.create(kind, inNamespace(kind, namespace, parseObject(body)), options) }
    case 'update':
      return {
        code: 200,
        object: api.update(
          kind,
          namespace,
          name,
          () => inNamespace(kind, namespace, parseObject(body)),
          options,
        ),
      }
    case 'patch':
      return patch(server, route, kind, String(request.headers['content-type']), body, options)
    case 'delete': {
      const { object, isGone } = api.delete(kind, namespace, name, deleteOptions(route, body))
      return { code: 200, object: isGone ? success(kind, object) : object }
    }
    default:
      throw new StatusError(405, 'MethodNotAllowed', `the server does not allow ${route.method}`)
  }
}

/** Options in the body count alone, where there is one: those of the address are not looked at. */
function deleteOptions(route: Route, body: string): DeleteOptions {
  if (body === '') return { isDryRun: route.url.searchParams.get('dryRun') === 'All' }
  const { dryRun, ...options } = parseBody(body) as DeleteOptions & { dryRun?: string[] }
  return { ...options, isDryRun: dryRun?.includes('All') ?? false }
}

function success({ group, plural }: Kind, { metadata }: KubernetesObject): KubernetesObject {
  const details = { name: metadata.name, ...(group && { group }), kind: plural, uid: metadata.uid }
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {} as KubernetesObject['metadata'],
    status: 'Success',
    details,
  }
}

function patch(
  server: Server,
  route: Route,
  kind: Kind,
  contentType: string,
  body: string,
  options: WriteOptions,
): { code: number; object: KubernetesObject } {
  const { namespace, name } = route
  if (contentType.startsWith('application/apply-patch+yaml')) {
    if (route.url.searchParams.get('fieldManager') === null) throw managerMissing()
    const object = parseObject(body)
    if (object.metadata?.name !== undefined && object.metadata.name !== name)
      throw new StatusError(400, 'BadRequest', 'the name of the object does not match the name on the URL')
    if (object.metadata?.['managedFields'] !== undefined)
      throw new StatusError(400, 'BadRequest', 'metadata.managedFields must be nil')
    demandTyped(kind.schema, object)
    const force = route.url.searchParams.get('force') === 'true'
    const outcome = server.api.apply(kind, inNamespace(kind, namespace, object), { ...options, force })
    return { code: outcome.isNew ? 201 : 200, object: outcome.object }
  }
  const parsed = parseBody(body)
  const change = (live: KubernetesObject) =>
    contentType.startsWith('application/json-patch+json')
      ? (jsonPatch(live, parsed as Parameters<typeof jsonPatch>[1]) as KubernetesObject)
      : (mergePatch(live, parsed) as KubernetesObject)
  return { code: 200, object: server.api.update(kind, namespace, name, change, options) }
}

function managerMissing(): StatusError {
  const message = 'Required value: is required for apply patch'
  const cause = { reason: 'FieldValueRequired', message, field: 'fieldManager' }
  return new StatusError(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: fieldManager: ${message}`, [
    cause,
  ])
}

function writeOptions(route: Route, request: IncomingMessage): WriteOptions {
  const query = route.url.searchParams
  const agent = String(request.headers['user-agent'] ?? 'unknown').split('/')[0]!
  return {
    manager: query.get('fieldManager') ?? agent,
    isDryRun: query.get('dryRun') === 'All',
    isStrict: query.get('fieldValidation') === 'Strict',
    ...(route.subresource === 'status' ? { subresource: 'status' as const } : {}),
  }
}

function inNamespace(kind: Kind, namespace: string, object: KubernetesObject): KubernetesObject {
  if (!kind.isNamespaced) return object
  const own = object.metadata.namespace
  if (own !== undefined && own !== namespace)
    throw new StatusError(
      400,
      'BadRequest',
      'the namespace of the object does not match the namespace on the request',
    )
  return { ...object, metadata: { ...object.metadata, namespace } }
}

function parseObject(body: string): KubernetesObject {
  const object = parseBody(body) as KubernetesObject | undefined
  if (object === undefined || typeof object !== 'object' || typeof object.metadata !== 'object')
    throw new StatusError(400, 'BadRequest', 'the body is not a Kubernetes object')
  return object
}

/** JSON, or YAML as kubectl sends it for an apply. */
function parseBody(body: string): unknown {
  try {
    return body.startsWith('{') || body.startsWith('[') ? JSON.parse(body) : load(body)
  } catch {
    throw new StatusError(400, 'BadRequest', 'the body of the request could not be read')
  }
}

import { AdapterError } from '../../ports/adapter-error.ts'
import type { ApiResource } from '../../ports/cluster.ts'
import type { HttpClient } from './http-client.ts'

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

interface DiscoveryList {
  kind?: string
  items?: {
    metadata?: { name?: string }
    versions: {
      version: string
      resources?: { resource: string; responseKind?: { kind: string }; scope: string; verbs?: string[] }[]
    }[]
  }[]
  groups?: { name: string; versions: { version: string }[] }[]
  versions?: string[]
}

/** What the server serves, preferred versions first: two calls, or one per group on servers that cannot aggregate. */
export async function discoverResources(http: HttpClient): Promise<ApiResource[]> {
  const [core, groups] = await Promise.all([read(http, '/api'), read(http, '/apis')])
  if (core.items && groups.items) return [...fromAggregated(core), ...fromAggregated(groups)]
  const paths = [
    ...(core.versions ?? []).map((version) => ({ group: '', version, path: `/api/${version}` })),
    ...(groups.groups ?? []).flatMap(({ name, versions }) =>
      versions.map(({ version }) => ({ group: name, version, path: `/apis/${name}/${version}` })),
    ),
  ]
  return (await Promise.all(paths.map((path) => readGroup(http, path)))).flat()
}

/** The same of one group, preferred version first; nothing where it is gone. */
export async function discoverGroup(http: HttpClient, group: string): Promise<ApiResource[]> {
  if (group === '') return readGroup(http, { group, version: 'v1', path: '/api/v1' })
  const path = `/apis/${group}`
  const reply = await http.call({ method: 'GET', path, operation: `discover ${path}` })
  if (reply.status === 404) return []
  if (reply.status !== 200) throw unexpected(path, reply.status)
  const { versions = [], preferredVersion } = (reply.body ?? {}) as GroupVersions
  const names = new Set([preferredVersion, ...versions].flatMap((one) => one?.version ?? []))
  const each = [...names].map((version) => readGroup(http, { group, version, path: `${path}/${version}` }))
  return (await Promise.all(each)).flat()
}

interface GroupVersions {
  versions?: { version?: string }[]
  preferredVersion?: { version?: string }
}

async function read(http: HttpClient, path: string): Promise<DiscoveryList> {
  const reply = await http.call({ method: 'GET', path, accept: aggregated, operation: `discover ${path}` })
  if (reply.status !== 200 || typeof reply.body !== 'object' || reply.body === null)
    throw unexpected(path, reply.status)
  return reply.body
}

function fromAggregated(list: DiscoveryList): ApiResource[] {
  return (list.items ?? []).flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      (resources ?? []).flatMap(({ resource, responseKind, scope, verbs }) =>
        responseKind === undefined
          ? []
          : [
              {
                group: metadata?.name ?? '',
                version,
                kind: responseKind.kind,
                plural: resource,
                isNamespaced: scope === 'Namespaced',
                ...fleeting(verbs),
              },
            ],
      ),
    ),
  )
}

/** A group whose server is away is left out: that is no proof that its kinds are gone. */
async function readGroup(
  http: HttpClient,
  { group, version, path }: { group: string; version: string; path: string },
): Promise<ApiResource[]> {
  const reply = await http.call({ method: 'GET', path, operation: `discover ${path}`, mayBeAway: true })
  const list = reply.body as
    { resources?: { name: string; kind: string; namespaced: boolean; verbs?: string[] }[] } | undefined
  return (list?.resources ?? [])
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({
      group,
      version,
      kind,
      plural: name,
      isNamespaced: namespaced,
      ...fleeting(verbs),
    }))
}

function fleeting(verbs: string[] | undefined): Pick<ApiResource, 'isFleeting'> {
  return verbs === undefined || verbs.includes('watch') ? {} : { isFleeting: true }
}

function unexpected(path: string, status: number): AdapterError {
  return new AdapterError({
    system: 'kubernetes',
    operation: 'discover',
    target: path,
    retryable: status >= 500,
    message: `the API server answers ${status}`,
  })
}

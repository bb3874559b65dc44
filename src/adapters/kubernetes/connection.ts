// Reads kubeconfigs with the pure feature that also judges other people's.
import type { KubeConfig } from '@kubernetes/client-node'
import { type Dispatcher, Pool } from 'undici'
import { checkKubeconfig } from '../../features/clusters/check-kubeconfig.ts'
import type { Clock } from '../../ports/clock.ts'
import { AdapterError } from '../../ports/adapter-error.ts'

/** Sockets per API server: more in flight only raises the slowest answers. */
const connections = 20

/** Credentials are read again after this long, for tokens that rotate on disk. */
const credentialsMs = 5 * 60_000

/** Opens the way to an API server; tests and simulations may hand in their own. */
export type OpenPool = (origin: string, tls: Pool.Options['connect']) => Dispatcher

/** A kubeconfig's text, or how to read it anew. */
export type KubeconfigSource = string | (() => string | Promise<string>)

/** The way to one API server: a pool of connections with the kubeconfig's TLS, and headers that prove who we are. */
export interface Connection {
  /** Path prefix of the server's address, without a slash at the end. */
  readonly prefix: string
  /** Another one after a `refresh` that found other certificates or another address. */
  readonly dispatcher: Dispatcher
  /** Fresh after `refresh`: a 401 asks for it once. */
  headers(options?: { refresh?: boolean }): Promise<Record<string, string>>
  close(): Promise<void>
}

interface HttpsOptions {
  headers?: Record<string, string>
  auth?: string
  ca?: string | Buffer
  cert?: string | Buffer
  key?: string | Buffer
  servername?: string
  rejectUnauthorized?: boolean
}

/**
 * Reads a kubeconfig of the operator and opens the pool. It may run programs (`exec`): never give it one from a
 * repository. One that does not, and holds its credentials itself, is read here; anything else by the library, which is
 * loaded then and not before: it costs a third of a second and 90 MB.
 */
export async function openConnection(
  name: string,
  kubeconfig: KubeconfigSource,
  clock: Clock,
  openPool: OpenPool = openUndiciPool,
): Promise<Connection> {
  let way = await readWay(name, kubeconfig)
  let readAt = clock.now()
  let dispatcher = openPool(way.server.origin, way.tls)
  return {
    get prefix() {
      return way.server.pathname.replace(/\/$/, '')
    },
    get dispatcher() {
      return dispatcher
    },
    async headers(options = {}) {
      if (clock.now() - readAt <= credentialsMs && !options.refresh) return way.headers
      const before = way
      way = await readWay(name, kubeconfig)
      readAt = clock.now()
      if (!isSameServer(before, way)) {
        // What is under way on the old connections ends; watches that are cut resume on the new ones.
        void dispatcher.close()
        dispatcher = openPool(way.server.origin, way.tls)
      }
      return way.headers
    },
    close: () => dispatcher.destroy(),
  }
}

/** Where the server is, who it has to be, and who we are. */
interface Way {
  server: URL
  tls: HttpsOptions
  headers: Record<string, string>
}

async function readWay(name: string, kubeconfig: KubeconfigSource): Promise<Way> {
  const text = typeof kubeconfig === 'string' ? kubeconfig : await kubeconfig()
  const checked = checkKubeconfig(text, name, { isLoopbackAllowed: true })
  return 'kubeconfig' in checked ? plainWay(checked.kubeconfig) : readByLibrary(name, text)
}

/** Of a kubeconfig that was put together anew, so that its shape is known. */
function plainWay(kubeconfig: string): Way {
  const { clusters, users } = JSON.parse(kubeconfig) as {
    clusters: [{ cluster: Record<string, string> }]
    users: [{ user: Record<string, string> }]
  }
  const [{ cluster }] = clusters
  const [{ user }] = users
  const decoded = (value: string | undefined) => value && Buffer.from(value, 'base64')
  return {
    server: new URL(cluster['server']!),
    tls: {
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    },
    headers: user['token'] === undefined ? {} : { authorization: `Bearer ${user['token']}` },
  }
}

async function readByLibrary(name: string, text: string): Promise<Way> {
  const config = await readKubeconfig(name, text)
  const cluster = config.getCurrentCluster()
  if (cluster === null || cluster === undefined) throw unusable(name, 'its current context names no cluster')
  const credentials = await readCredentials(name, config)
  const { ca, cert, key, servername, rejectUnauthorized } = credentials
  return {
    server: new URL(cluster.server),
    tls: { ca, cert, key, servername, rejectUnauthorized },
    headers: headersOf(credentials),
  }
}

function isSameServer(before: Way, after: Way): boolean {
  const print = ({ server, tls }: Way) => JSON.stringify([server.href, Object.values(tls).map(String)])
  return print(before) === print(after)
}

/** A connection whose other end is gone without a word is found ten seconds after this, at no request. */
const keepAliveMs = 20_000

function openUndiciPool(origin: string, tls: Pool.Options['connect']): Dispatcher {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    // One connection for all would let a slow answer hold the others; measured, it is no faster.
    allowH2: false,
    connect: { ...tls, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    headersTimeout: 60_000,
    bodyTimeout: 0,
  })
}

async function readKubeconfig(name: string, text: string): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  try {
    config.loadFromString(text)
  } catch {
    throw unusable(name, 'it is no valid kubeconfig')
  }
  return config
}

async function readCredentials(name: string, config: KubeConfig): Promise<HttpsOptions> {
  const options: HttpsOptions = {}
  try {
    await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0])
  } catch {
    throw unusable(name, 'its credentials could not be read')
  }
  return options
}

function headersOf(options: HttpsOptions): Record<string, string> {
  if (options.auth === undefined) return { ...options.headers }
  return { ...options.headers, authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` }
}

/** The cause may quote the file: it is left out. */
function unusable(name: string, because: string): AdapterError {
  return new AdapterError({
    system: 'kubernetes',
    operation: 'connect',
    target: name,
    retryable: false,
    message: `the kubeconfig cannot be used: ${because}`,
  })
}

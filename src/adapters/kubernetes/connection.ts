import type { KubeConfig } from '@kubernetes/client-node'
import { type Dispatcher, Pool } from 'undici'
import type { Clock } from '../../ports/clock.ts'
import { AdapterError } from '../../ports/adapter-error.ts'

/** Sockets per API server: more in flight only raises the slowest answers. */
const connections = 20

/** Credentials are read again after this long, for tokens that rotate on disk. */
const credentialsMs = 5 * 60_000

/** Opens the way to an API server; tests and simulations may hand in their own. */
export type OpenPool = (origin: string, tls: Pool.Options['connect']) => Dispatcher

/** The way to one API server: a pool of connections with the kubeconfig's TLS, and headers that prove who we are. */
export interface Connection {
  /** Path prefix of the server's address, without a slash at the end. */
  prefix: string
  dispatcher: Dispatcher
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
 * Reads a kubeconfig of the operator and opens the pool. The library that reads it is loaded here and not before:
 * it costs a third of a second. A kubeconfig may run programs (`exec`): never give it one from a repository.
 */
export async function openConnection(
  name: string,
  kubeconfig: string | KubeConfig,
  clock: Clock,
  openPool: OpenPool = openUndiciPool,
): Promise<Connection> {
  const config = await readKubeconfig(name, kubeconfig)
  const cluster = config.getCurrentCluster()
  if (cluster === null || cluster === undefined) throw unusable(name, 'its current context names no cluster')
  const server = new URL(cluster.server)
  const first = await readCredentials(name, config)
  const { ca, cert, key, servername, rejectUnauthorized } = first
  const dispatcher = openPool(server.origin, { ca, cert, key, servername, rejectUnauthorized })
  let credentials = { headers: headersOf(first), readAt: clock.now() }
  return {
    prefix: server.pathname.replace(/\/$/, ''),
    dispatcher,
    async headers(options = {}) {
      const isOld = clock.now() - credentials.readAt > credentialsMs
      if (isOld || options.refresh)
        credentials = { headers: headersOf(await readCredentials(name, config)), readAt: clock.now() }
      return credentials.headers
    },
    close: () => dispatcher.destroy(),
  }
}

function openUndiciPool(origin: string, tls: Pool.Options['connect']): Dispatcher {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    connect: tls,
    headersTimeout: 60_000,
    bodyTimeout: 0,
  })
}

async function readKubeconfig(name: string, kubeconfig: string | KubeConfig): Promise<KubeConfig> {
  if (typeof kubeconfig !== 'string') return kubeconfig
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  try {
    config.loadFromString(kubeconfig)
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

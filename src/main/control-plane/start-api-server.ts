import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { systemRandom } from '../../adapters/system/system-random.ts'
import { createService, type Service } from './create-service.ts'
import { untilReady } from './start-etcd.ts'

export interface ApiServer extends Service {
  name: string
  url: string
  /** Text of a kubeconfig for an administrator. */
  kubeconfig: string
  kubeconfigFile: string
  /** One request as that administrator. */
  call(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<{ status: number; body: unknown }>
  close(): Promise<void>
}

export interface ApiServerOptions {
  file: string
  /** Cluster it serves: API servers of several clusters share an etcd under different prefixes. */
  cluster: string
  folder: string
  etcd: string
  port: number
  isLasting: boolean
  /** More arguments, such as `--max-requests-inflight=10`. */
  arguments?: string[]
}

/** A machine that is busy with other things takes a minute and more. */
const patienceMs = 240_000

/**
 * Starts an API server and waits until it answers. It makes its own serving certificate, and knows its administrator
 * by a token: so nothing here makes certificates, and no program is needed that does.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { folder, port, cluster } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const token = Buffer.from(systemRandom.bytes(24)).toString('base64url')
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'sec1', format: 'pem' })
  await writeFile(join(folder, 'service-accounts.key'), key, { mode: 0o600 })
  const service = createService({ ...options, name: 'kube-apiserver', arguments: argumentsOf(options) })
  const url = `https://127.0.0.1:${port}`
  const kubeconfigFile = join(folder, 'kubeconfig')
  let agent: Agent | undefined

  const call: ApiServer['call'] = async (method, path, body, contentType = 'application/json') => {
    const answer = await request(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher: agent,
    })
    const text = await answer.body.text()
    return { status: answer.statusCode, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
  const server = {
    ...service,
    url,
    kubeconfig: '',
    kubeconfigFile,
    call,
    async start() {
      await service.start()
      await untilReady(
        service,
        async () => {
          const certificate = await readFile(join(folder, 'certificates', 'apiserver.crt'), 'utf8')
          agent ??= new Agent({ connect: { ca: certificate } })
          server.kubeconfig ||= kubeconfigOf(cluster, url, certificate, token)
          return (await call('GET', '/readyz')).status === 200
        },
        patienceMs,
      )
    },
    async close() {
      await service.kill()
      await agent?.destroy()
    },
  }
  await server.start()
  await writeFile(kubeconfigFile, server.kubeconfig, { mode: 0o600 })
  return server
}

function argumentsOf({ etcd, port, cluster, arguments: more = [] }: ApiServerOptions): string[] {
  return [
    `--etcd-servers=${etcd}`,
    `--etcd-prefix=/registry/${cluster}`,
    '--cert-dir=certificates',
    '--token-auth-file=tokens.csv',
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    '--endpoint-reconciler-type=none',
    '--authorization-mode=RBAC',
    '--service-account-key-file=service-accounts.key',
    '--service-account-signing-key-file=service-accounts.key',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.96.0.0/16',
    ...more,
  ]
}

function kubeconfigOf(name: string, server: string, certificate: string, token: string): string {
  const authority = Buffer.from(certificate).toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}

import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { KubeconfigSource } from '../adapters/kubernetes/connection.ts'
import { UsageError } from '../cli/subcommand.ts'

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The file that was named, as it is at the time; else the pod's service account; else ~/.kube/config. */
export function kubeconfigSource(file: string | undefined): KubeconfigSource {
  if (!file && existsSync(join(serviceAccount, 'token'))) return serviceAccountKubeconfig
  const path = file ?? join(homedir(), '.kube', 'config')
  if (!existsSync(path)) throw new UsageError(`there is no kubeconfig ${path}; name one: --kubeconfig FILE`)
  return () => readFileSync(path, 'utf8')
}

/** What a pod is given: its token changes every hour or so. Source: Kubernetes documentation, "Accessing the API from a Pod". */
function serviceAccountKubeconfig(): string {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = process.env
  const authority = readFileSync(join(serviceAccount, 'ca.crt'))
  const token = readFileSync(join(serviceAccount, 'token'), 'utf8').trim()
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const cluster = { server, 'certificate-authority-data': authority.toString('base64') }
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'pod',
    clusters: [{ name: 'pod', cluster }],
    users: [{ name: 'pod', user: { token } }],
    contexts: [{ name: 'pod', context: { cluster: 'pod', user: 'pod' } }],
  })
}

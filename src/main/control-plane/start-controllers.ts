import { join } from 'node:path'
import { stagesFile } from './build-binaries.ts'
import type { Binaries, Program } from './find-binaries.ts'
import { createService, type Service } from './create-service.ts'
import type { ApiServer } from './start-api-server.ts'
import { untilReady } from './start-etcd.ts'

/** What runs beside etcd and the API server. */
export const companions = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const
export type Companion = Extract<Program, (typeof companions)[number]>

export interface ControllersOptions {
  binaries: Binaries
  folder: string
  apiServer: ApiServer
  without: readonly Companion[]
  isLasting: boolean
}

/** The default of 20 requests a second would hide how quick a reconciler is. */
const quick = ['--kube-api-qps=1000', '--kube-api-burst=2000', '--leader-elect=false', '--secure-port=0']

const commandLines: Record<Companion, (binaries: Binaries) => string[]> = {
  'kube-controller-manager': () => [
    '--service-account-private-key-file=service-accounts.key',
    '--root-ca-file=certificates/apiserver.crt',
    '--concurrent-deployment-syncs=20',
    '--concurrent-replicaset-syncs=20',
    ...quick,
  ],
  'kube-scheduler': () => quick,
  kwok: ({ folder }) => [`--config=${join(folder, stagesFile)}`, '--manage-all-nodes'],
}

/** Starts what works beside the API server, and gives it one large node. Waits until namespaces get their account. */
export async function startControllers(options: ControllersOptions): Promise<Service[]> {
  const { binaries, folder, apiServer, without, isLasting } = options
  const services = (Object.keys(commandLines) as Companion[]).flatMap((name) => {
    const file = binaries.paths[name]
    if (file === undefined || without.includes(name)) return []
    const words = [...commandLines[name](binaries), '--kubeconfig=kubeconfig']
    return [createService({ name, file, folder, isLasting, arguments: words })]
  })
  await Promise.all(services.map((service) => service.start()))
  const manager = services.find(({ name }) => name === 'kube-controller-manager')
  const account = '/api/v1/namespaces/default/serviceaccounts/default'
  if (manager) await untilReady(manager, async () => (await apiServer.call('GET', account)).status === 200)
  await apiServer.call('POST', '/api/v1/nodes', aNode)
  return services
}

const plenty = { cpu: '10k', memory: '10Ti', pods: '100k' }

/** kwok plays the nodes with this annotation. */
const aNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', annotations: { 'kwok.x-k8s.io/node': 'fake' } },
  status: { allocatable: plenty, capacity: plenty },
}

import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { systemClock } from '../../adapters/system/system-clock.ts'
import { listWorkloads, type ObjectSource } from '../../emulator/cluster/list-workloads.ts'
import { type ClusterName, clusterNames, type LiveClusters, type ShopCluster } from '../../emulator/shop/create-shop.ts'
import type { Binaries } from '../control-plane/find-binaries.ts'
import type { ApiServer } from '../control-plane/start-api-server.ts'
import { startControlPlane } from '../control-plane/start-control-plane.ts'

/** How often the story looks at its clusters. */
const lookEveryMs = 300

const collections = {
  '/Pod': '/api/v1/namespaces/shop/pods',
  'apps/ReplicaSet': '/apis/apps/v1/namespaces/shop/replicasets',
  'apps/Deployment': '/apis/apps/v1/namespaces/shop/deployments',
} as const

/** kwok provides volumes of this class; claims that name none get it. */
const diskClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'kwok-volume',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'kwok.x-k8s.io/volume',
}

/** The clusters of the shop as real API servers on one etcd, where kwok makes pods ready. */
export async function startRealClusters(
  binaries: Binaries,
  folder: string,
): Promise<LiveClusters & { close(): Promise<void> }> {
  const plane = await startControlPlane({ binaries, folder, clusters: [...clusterNames] })
  const stopping = new AbortController()
  const clusters = new Map<ClusterName, ShopCluster>()
  const kubeconfigs = new Map<string, string>()
  for (const { name, apiServer } of plane.clusters) {
    await apiServer.call('POST', '/apis/storage.k8s.io/v1/storageclasses', diskClass)
    clusters.set(name as ClusterName, watchCluster(apiServer, stopping.signal))
    kubeconfigs.set(name, apiServer.kubeconfig)
  }
  return {
    clusters,
    kubeconfigs,
    async close() {
      stopping.abort()
      await plane.stop()
    },
  }
}

/** What was there at the last look. A server that does not answer is looked at again. */
function watchCluster(apiServer: ApiServer, signal: AbortSignal): ShopCluster {
  const seen = new Map<string, KubernetesObject[]>()
  const look = async () => {
    while (!signal.aborted) {
      for (const [kind, path] of Object.entries(collections)) {
        const answer = await apiServer.call('GET', path).catch(() => undefined)
        if (answer?.status === 200) seen.set(kind, (answer.body as { items: KubernetesObject[] }).items)
      }
      await systemClock.sleep(lookEveryMs, signal)
    }
  }
  void look()
  const source: ObjectSource = {
    list: (kind) => seen.get(kind) ?? [],
    get: (kind, namespace, name) =>
      seen
        .get(kind)
        ?.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  }
  return {
    get: ({ group = '', kind, namespace = '', name }) => source.get(`${group}/${kind}`, namespace, name),
    edit({ name }, patch, manager = 'kubectl-edit') {
      const path = `${collections['apps/Deployment']}/${name}?fieldManager=${manager}`
      void apiServer.call('PATCH', path, patch, 'application/merge-patch+json')
    },
    workloads: () => listWorkloads(source),
  }
}

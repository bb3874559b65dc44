import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { machineClock, seededRandom, silentLog, startCluster } from '../emulator/cluster/start-cluster.ts'
import { type ClusterUnderTest, describeCluster } from './cluster-contract.ts'

describeCluster(
  'the emulated cluster',
  async () => {
    const { cluster, emulator, stop } = await startCluster('contract', machineClock)
    return {
      cluster,
      stop,
      async edit(object, patch, manager) {
        emulator.edit(objectId(object), patch, manager)
      },
    }
  },
  'contract',
)

describeOnRealCluster('with a real API server', () => {
  describeCluster('a real API server', startReal, `contract-${process.pid}`)
})

async function startReal(): Promise<ClusterUnderTest> {
  const kubeconfig = await sharedKubeconfig()
  const options = { name: 'real', kubeconfig, clock: machineClock, random: seededRandom(), log: silentLog }
  const cluster = createCluster(options)
  return {
    cluster,
    stop: () => cluster.close(),
    // Another manager that applies by force does what an edit does: it takes the fields it changes.
    async edit(object, patch, manager) {
      const { apiVersion, kind, metadata } = object
      const { name, namespace } = metadata
      const edited = { apiVersion, kind, metadata: { name, namespace }, ...patch }
      await cluster.apply(edited, { fieldManager: manager, force: true })
    },
  }
}

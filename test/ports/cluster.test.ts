import { readFile } from 'node:fs/promises'
import { it } from 'vitest'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { objectId } from '../../src/domain/kubernetes-object.ts'
import { machineClock, seededRandom, silentLog, startCluster } from '../emulator/cluster/start-cluster.ts'
import { describeCluster } from './cluster-contract.ts'

describeCluster(
  'Cluster port on the emulated cluster',
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

const kubeconfigFile = process.env['KUBECONFIG_TEST']

if (kubeconfigFile === undefined) {
  it.skip('Cluster port on a real API server: did not run, KUBECONFIG_TEST names no kubeconfig', () =>
    undefined)
} else {
  describeCluster(
    'Cluster port on a real API server',
    async () => {
      const kubeconfig = await readFile(kubeconfigFile, 'utf8')
      const options = {
        name: 'real',
        kubeconfig,
        clock: machineClock,
        random: seededRandom(),
        log: silentLog,
      }
      const cluster = createCluster(options)
      return {
        cluster,
        stop: () => cluster.close(),
        // Another manager that applies by force does what an edit does: it takes the fields it changes.
        async edit(object, patch, manager) {
          const { apiVersion, kind, metadata } = object
          const { name, namespace } = metadata
          await cluster.apply(
            { apiVersion, kind, metadata: { name, namespace }, ...patch },
            { fieldManager: manager, force: true },
          )
        },
      }
    },
    `contract-${Date.now().toString(36)}`,
  )
}

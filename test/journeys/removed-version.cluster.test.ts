import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCluster } from '../../src/adapters/kubernetes/create-cluster.ts'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { reconcileTarget } from '../../src/journeys/sync/reconcile-target.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import { createAgentMemory } from '../../src/reconciler/agent-memory.ts'
import { createClusterView } from '../../src/reconciler/cluster-view.ts'
import { describeOnRealCluster, sharedKubeconfig } from '../control-plane/real-cluster.ts'
import { type ApiUnderTest, openApi } from '../emulator/cluster/contract/api-under-test.ts'
import { machineClock, seededRandom, silentLog } from '../emulator/cluster/start-cluster.ts'
import { fakeLedger, repository } from './reconcile-target-doubles.ts'

const patienceMs = 120_000

describeOnRealCluster('an API version that is removed', () => {
  const namespace = `version-${process.pid}`
  const group = `${namespace}.example`
  const target = { application: namespace, environment: 'dev', cluster: 'real' }
  const ended = new AbortController()
  const ledger = fakeLedger()
  let cluster: Cluster & { close(): Promise<void> }
  let api: Pick<ApiUnderTest, 'call' | 'close'>
  let look: () => ReturnType<typeof reconcileTarget>

  beforeAll(async () => {
    const kubeconfig = await sharedKubeconfig()
    const options = { kubeconfig, clock: machineClock, random: seededRandom(), log: silentLog }
    cluster = createCluster({ name: 'real', ...options })
    api = await openApi(kubeconfig)
    const { signal } = ended
    const view = createClusterView({ cluster, clock: machineClock, signal, onHint: () => undefined })
    const store = createAgentMemory(silentLog, () => undefined)
    const serve = async () => ({ cluster, view })
    const ports = { clock: machineClock, ledger, log: silentLog, serve, store }
    look = () => reconcileTarget(ports, { repository, target })
  })
  afterAll(async () => {
    for (const object of [home, definition(['v1'])]) {
      const uid = (await cluster.get(objectId(object)))?.metadata.uid
      if (uid !== undefined) await cluster.delete(objectId(object), uid)
    }
    ended.abort()
    await cluster.close()
    await api.close()
  })

  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  /** The last one is stored. */
  const definition = (versions: string[]): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `coupons.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'coupons', singular: 'coupon', kind: 'Coupon' },
      versions: versions.map((name) => ({
        name,
        served: true,
        storage: name === versions.at(-1),
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  })
  const coupon = (version: string, spec: object): KubernetesObject => ({
    apiVersion: `${group}/${version}`,
    kind: 'Coupon',
    metadata: { name: 'ten', namespace },
    spec,
  })
  /** Nobody will ever say anything of its health. */
  const isApplied = async () => {
    const { release } = await look()
    return release?.phase === 'progressing' && release.appliedAt !== undefined
  }
  const release = async (versions: string[], object: KubernetesObject) => {
    ledger.attest([home, definition(versions), object], target)
    await expect.poll(isApplied, { timeout: 40_000, interval: 200 }).toBe(true)
  }

  it(
    'takes nothing away with it, and what git then gives up goes all the same',
    async () => {
      await release(['v1beta1'], coupon('v1beta1', { percent: 10, code: 'TEN' }))
      const { metadata } = (await cluster.get(objectId(coupon('v1beta1', {}))))!
      await release(['v1beta1', 'v1'], coupon('v1beta1', { percent: 10, code: 'TEN' }))
      // What is stored is written again, as a storage version migrator does it.
      const migrated = [{ op: 'add' as const, path: '/metadata/annotations', value: { migrated: 'yes' } }]
      await cluster.patch(objectId(coupon('v1', {})), migrated, { fieldManager: 'migrator' })
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/coupons.${group}/status`
      const body = { status: { storedVersions: ['v1'] } }
      await api.call('PATCH', path, { body, contentType: 'application/merge-patch+json' })
      await release(['v1'], coupon('v1', { percent: 12 }))
      const left = (await cluster.get(objectId(coupon('v1', {}))))!
      expect(left.metadata.uid).toBe(metadata.uid)
      expect(left['spec']).toEqual({ percent: 12 })
    },
    patienceMs,
  )
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'
import { aDeployment } from './reconcile-target-doubles.ts'

const patienceMs = 120_000
const patience = { timeout: 40_000, interval: 100 }

describeOnRealCluster('what cannot be changed on a real API server', () => {
  const namespace = `immutable-${process.pid}`
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  let real: RealTarget

  beforeAll(async () => {
    real = await openRealTarget({ application: namespace, environment: 'dev', cluster: 'real' })
  })
  afterAll(async () => {
    const uid = (await live(home))?.metadata.uid
    if (uid !== undefined) await real.cluster.delete(objectId(home), uid)
    await real.close()
  })

  const live = (object: KubernetesObject) => real.cluster.get(objectId(object))
  const uidOf = async (object: KubernetesObject) => (await live(object))?.metadata.uid
  const claimSpec = (storage: string) => ({
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'slow',
    resources: { requests: { storage } },
  })
  const aClaim = (storage: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'own', namespace },
    spec: claimSpec(storage),
  })
  const aSet = (storage: string, annotations?: Record<string, string>): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'data', namespace, ...(annotations && { annotations }) },
    spec: {
      ...(aDeployment('data')['spec'] as object),
      replicas: 1,
      serviceName: 'data',
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec(storage) }],
    },
  })
  const [pod, claim] = ['Pod', 'PersistentVolumeClaim'].map((kind): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: kind === 'Pod' ? 'data-0' : 'data-data-0', namespace },
  })) as [KubernetesObject, KubernetesObject]
  const reasonIs = async (words: string) => {
    await expect.poll(async () => (await real.look()).release?.reason, patience).toContain(words)
  }

  it(
    'is told, and deleted by consent alone: a StatefulSet then leaves its pods and claims to the next one, a claim never goes',
    async () => {
      real.ledger.attest([home, aClaim('2Gi'), aSet('1Gi')], real.target)
      await real.look()
      await expect.poll(() => uidOf(pod), patience).toBeDefined()
      const before = [await uidOf(pod), await uidOf(claim), await uidOf(aClaim(''))]
      const set = await uidOf(aSet(''))

      real.ledger.attest([home, aClaim('2Gi'), aSet('2Gi')], real.target)
      await reasonIs(`StatefulSet ${namespace}/data: spec cannot be changed`)
      expect(await uidOf(aSet(''))).toBe(set)

      const consent = { 'drawbridge.dev/recreate': 'yes' }
      real.ledger.attest([home, aClaim('2Gi'), aSet('2Gi', consent)], real.target)
      const isNew = async () => (await real.look(), ![set, undefined].includes(await uidOf(aSet(''))))
      await expect.poll(isNew, patience).toBe(true)
      expect([await uidOf(pod), await uidOf(claim), await uidOf(aClaim(''))]).toEqual(before)

      const smaller = aClaim('1Gi')
      smaller.metadata.annotations = consent
      real.ledger.attest([home, smaller, aSet('2Gi', consent)], real.target)
      await reasonIs('a PersistentVolumeClaim is never deleted for that')
      expect([await uidOf(pod), await uidOf(claim), await uidOf(aClaim(''))]).toEqual(before)
    },
    patienceMs,
  )
})

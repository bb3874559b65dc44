import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'

const patience = { timeout: 30_000, interval: 200 }

describeOnRealCluster('an aggregated API whose server is away', () => {
  const namespace = `aggregated-${process.pid}`
  const group = `${namespace}.example`
  let shop: RealTarget

  beforeAll(async () => {
    shop = await openRealTarget({ application: namespace, environment: 'dev', cluster: 'real' })
    await shop.cluster.apply(service, { fieldManager: 'test', force: false })
  })
  afterAll(async () => {
    for (const object of [service, home]) {
      const uid = (await shop.cluster.get(objectId(object)))?.metadata.uid
      if (uid !== undefined) await shop.cluster.delete(objectId(object), uid)
    }
    await shop.close()
  })

  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  const service: KubernetesObject = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1.${group}` },
    spec: {
      group,
      version: 'v1',
      service: { namespace, name: 'away', port: 443 },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 10,
    },
  }
  const settings = (value: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace },
    data: { value },
  })
  const gauge: KubernetesObject = {
    apiVersion: `${group}/v1`,
    kind: 'Gauge',
    metadata: { name: 'checkout', namespace },
  }
  const live = async () => (await shop.cluster.get(objectId(settings(''))))?.['data']
  const until = async (phase: string) => {
    const found = async () => (await shop.look()).release?.phase
    await expect.poll(found, patience).toBe(phase)
  }

  it('keeps back nothing of other kinds, and what is of its own counts as unknown, not as gone', async () => {
    shop.ledger.attest([home, settings('1')], shop.target)
    await until('healthy')
    shop.ledger.attest([home, settings('2'), gauge], shop.target)
    await until('degraded')
    expect((await shop.look()).release?.reason).toContain('Gauge')
    expect(await live()).toEqual({ value: '2' })
    shop.ledger.attest([home, settings('3')], shop.target)
    await until('healthy')
    expect(await live()).toEqual({ value: '3' })
    expect((await shop.look()).release?.reason).toContain(
      `the cluster does not serve Gauge of ${group} at present`,
    )
  })
})

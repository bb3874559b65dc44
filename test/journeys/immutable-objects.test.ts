import { afterEach, beforeEach, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { aConfigMap, aDeployment, openShop, type Shop } from './reconcile-target-doubles.ts'

let shop: Shop

beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.stop())

const claimSpec = (storage: string) => ({
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'slow',
  resources: { requests: { storage } },
})
const aClaim = (storage: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop' },
  spec: claimSpec(storage),
})
const aSet = (storage: string): KubernetesObject => {
  const { metadata, spec } = aDeployment('data')
  const template = { metadata: { name: 'data' }, spec: claimSpec(storage) }
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: { ...(spec as object), serviceName: 'data', volumeClaimTemplates: [template] },
  }
}
const sealed = (key: string) => ({ ...aConfigMap('data', { key }), immutable: true })

it.each([
  ['a claim', aClaim('2Gi'), aClaim('1Gi')],
  ['the claims of a StatefulSet', aSet('1Gi'), aSet('2Gi')],
  ['a ConfigMap that is sealed', sealed('a'), sealed('b')],
])('what cannot be changed of %s is told, and nothing is deleted for it', async (_, before, after) => {
  const live = () => shop.running.emulator.get({ kind: before.kind, namespace: 'shop', name: 'data' })
  shop.ledger.attest([before])
  await shop.reconcile()
  await shop.running.clock.advance(5_000)
  const { uid } = live()!.metadata
  shop.ledger.attest([after])
  const { reason } = await shop.until('degraded')
  expect(reason).toContain(`${before.kind} shop/data`)
  expect(live()?.metadata.uid).toBe(uid)
  expect(shop.running.emulator.requests.filter(({ verb }) => verb === 'delete')).toEqual([])
})

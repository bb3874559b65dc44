import { afterAll, beforeAll, expect, it } from 'vitest'
import { type KubernetesObject, objectId } from '../../src/domain/kubernetes-object.ts'
import { inventoryId } from '../../src/features/sync/inventory.ts'
import { describeOnRealCluster } from '../control-plane/real-cluster.ts'
import { openRealTarget, type RealTarget } from './open-real-target.ts'
import { aConfigMap } from './reconcile-target-doubles.ts'

const patienceMs = 120_000
const patience = { timeout: 30_000, interval: 100 }
const finalizer = 'shop.example/bill'

describeOnRealCluster('what goes, or moves, on a real API server', () => {
  const namespace = `moving-${process.pid}`
  const home: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
  let shop: RealTarget
  let cart: RealTarget

  beforeAll(async () => {
    const place = { environment: 'dev', cluster: 'real' }
    shop = await openRealTarget({ ...place, application: namespace })
    cart = await openRealTarget({ ...place, application: `${namespace}-cart` }, shop.ledger)
  })
  afterAll(async () => {
    const uid = (await live(home))?.metadata.uid
    if (uid !== undefined) await shop.cluster.delete(objectId(home), uid)
    await shop.close()
    await cart.close()
  })

  const aSetting = (name: string, finalizers?: string[]): KubernetesObject => ({
    ...aConfigMap(name),
    metadata: { name, namespace, ...(finalizers && { finalizers }) },
  })
  const live = (object: KubernetesObject) => shop.cluster.get(objectId(object))
  const release = (objects: KubernetesObject[]) => shop.ledger.attest([home, ...objects], shop.target)
  const isHealthy = async ({ look }: RealTarget) => {
    const found = async () => (await look()).release
    await expect.poll(found, patience).toMatchObject({ phase: 'healthy', reason: '' })
  }
  const reasonIs = async ({ look }: RealTarget, words: string) => {
    await expect.poll(async () => (await look()).release?.reason, patience).toContain(words)
  }
  /** What a controller does when it has done its work. */
  const finish = (object: KubernetesObject) =>
    shop.cluster.patch(objectId(object), [{ op: 'remove', path: '/metadata/finalizers' }], {
      fieldManager: 'bill-controller',
    })
  const recorded = async () => JSON.stringify(await shop.cluster.get(inventoryId(shop.target)))

  it(
    'is recorded until its finalizers are gone, which are told and never taken off',
    async () => {
      const held = aSetting('billed', [finalizer])
      release([aSetting('settings'), held])
      await isHealthy(shop)
      release([aSetting('settings')])
      await reasonIs(shop, `ConfigMap ${namespace}/billed is being deleted, held by ${finalizer}`)
      expect((await live(held))?.metadata['finalizers']).toEqual([finalizer])
      expect(await recorded()).toContain('billed')
      await finish(held)
      await isHealthy(shop)
      expect(await live(held)).toBeUndefined()
      expect(await recorded()).not.toContain('billed')
    },
    patienceMs,
  )

  it.each([
    ['the old one', 'looks first', true],
    ['the new one', 'looks first', false],
  ])(
    'moves to another application of the same commit without being deleted: %s %s',
    async (_, __, isOldFirst) => {
      const moving = aSetting(isOldFirst ? 'chair' : 'table')
      release([aSetting('settings'), moving])
      shop.ledger.attest([aSetting('basket')], cart.target)
      await isHealthy(shop)
      await isHealthy(cart)
      const uid = (await live(moving))?.metadata.uid
      release([aSetting('settings')])
      shop.ledger.attest([aSetting('basket'), moving], cart.target)
      if (isOldFirst) await reasonIs(shop, `moves to application ${namespace}-cart`)
      await isHealthy(cart)
      await isHealthy(shop)
      expect((await live(moving))?.metadata).toMatchObject({
        uid,
        labels: { 'drawbridge.dev/application': `${namespace}-cart` },
      })
      expect(await recorded()).not.toContain(moving.metadata.name)
    },
    patienceMs,
  )

  it(
    'stays with the first application where two want it, and neither writes it again and again',
    async () => {
      const shared = aSetting('shared')
      release([aSetting('settings'), shared])
      await isHealthy(shop)
      shop.ledger.attest([aSetting('basket'), { ...shared, data: { key: 'theirs' } }], cart.target)
      await reasonIs(
        cart,
        `OWNERSHIP_CONFLICT: ConfigMap ${namespace}/shared belongs to application ${namespace}`,
      )
      const { resourceVersion } = (await live(shared))!.metadata
      for (const one of [shop, cart, shop, cart]) await one.look()
      expect(await live(shared)).toMatchObject({ data: { key: 'value' }, metadata: { resourceVersion } })
      release([aSetting('settings')])
      await isHealthy(cart)
      expect((await live(shared))?.['data']).toEqual({ key: 'theirs' })
    },
    patienceMs,
  )

  it(
    'is not made in a namespace that is being deleted: what holds that is told, as no drift, and all is made anew after',
    async () => {
      const held = aSetting('billed-again', [finalizer])
      release([aSetting('settings'), held])
      await isHealthy(shop)
      await shop.cluster.delete(objectId(home), (await live(home))!.metadata.uid!)
      await expect.poll(() => live(aSetting('settings')), patience).toBeUndefined()
      await reasonIs(shop, finalizer)
      const { release: told } = await shop.look()
      expect([told?.drift, told?.phase]).toEqual([undefined, 'applying'])
      expect((await live(held))?.metadata['finalizers']).toEqual([finalizer])
      await finish(held)
      await expect.poll(() => live(home), patience).toBeUndefined()
      await expect.poll(async () => (await shop.look()).release?.phase, patience).toBe('healthy')
      expect(await live(aSetting('settings'))).toBeDefined()
    },
    patienceMs,
  )
})

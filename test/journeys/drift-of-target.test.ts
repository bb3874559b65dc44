import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { aConfigMap, aDeployment, openShop, type Shop } from './reconcile-target-doubles.ts'

describe('drift of a target', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
  const checkout = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
  const edit = (id: typeof settings, patch: object, manager = 'rival') =>
    shop.running.emulator.edit(id, patch, manager)
  const spec = () => shop.running.emulator.get(checkout)?.['spec'] as { replicas: number }
  const applies = () => shop.running.emulator.requests.filter(({ verb }) => verb === 'apply').length

  it('is healed and told of several objects at once', async () => {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('texts'), aConfigMap('quiet')])
    await shop.until('healthy')
    edit(settings, { data: { key: 'theirs' } })
    shop.running.emulator.delete({ ...settings, name: 'texts' })
    const { release } = await shop.reconcile()
    const objects = [release?.drift, ...(release?.drift?.others ?? [])].map((one) => one?.object)
    expect(objects.toSorted()).toEqual(['ConfigMap shop/settings', 'ConfigMap shop/texts'])
    expect(shop.audit.filter(({ what }) => what === 'heal')).toHaveLength(1)
  })

  it('names who keeps changing an object, in a row of its own from the third time on', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    for (let round = 0; round < 3; round += 1) {
      edit(settings, { data: { key: 'theirs' } })
      await shop.reconcile()
      await shop.running.clock.advance(30_000)
      await shop.reconcile()
    }
    expect(shop.audit.filter(({ what }) => what === 'contested').map(({ reason }) => reason)).toEqual([
      'rival keeps changing data.key of ConfigMap shop/settings: put back 3 times in a row',
    ])
  })

  it('is told and left alone where the configuration says so, until a release changes the object', async () => {
    shop.ledger.settings = { reportOnly: ['check*'] }
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    edit(settings, { data: { key: 'theirs' } })
    const { release } = await shop.reconcile()
    expect(release?.drift).toMatchObject({ healed: false, isReportOnly: true, manager: 'rival' })
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
    expect(shop.running.emulator.get(settings)?.['data']).toEqual({ key: 'theirs' })
    shop.ledger.attest([aConfigMap('settings', { key: 'new' })])
    await shop.until('healthy')
    expect(shop.running.emulator.get(settings)?.['data']).toEqual({ key: 'new' })
  })

  it('is none where others may write a field: it is set at first, and theirs from their first write on', async () => {
    shop.ledger.settings = { ignore: [{ kind: 'Deployment', fields: ['/spec/replicas'] }] }
    shop.ledger.attest([aDeployment()])
    await shop.until('healthy')
    expect(spec().replicas).toBe(2)
    edit(checkout, { spec: { replicas: 5 } }, 'autoscaler')
    await shop.reconcile()
    expect((await shop.until('healthy')).drift).toBeUndefined()
    expect(spec().replicas).toBe(5)
    shop.ledger.attest([aDeployment('checkout', 'registry.shop.example/checkout:1.9.0')])
    await shop.until('healthy')
    expect(spec().replicas).toBe(5)
    const before = applies()
    edit(checkout, { spec: { replicas: 3 } }, 'autoscaler')
    await shop.until('healthy')
    expect(spec().replicas).toBe(3)
    // One, to see that nothing of ours was meant: the generation moved.
    expect(applies() - before).toBeLessThanOrEqual(2)
  })

  it('is healed where managedFields were stripped, and where somebody made the object anew', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    edit(settings, { metadata: { managedFields: [{}] } })
    await shop.reconcile()
    const owners = JSON.stringify(shop.running.emulator.get(settings)?.metadata['managedFields'])
    expect(owners).toContain('drawbridge')
    shop.running.emulator.delete(settings)
    shop.running.emulator.create({ ...aConfigMap('settings', { key: 'theirs' }) }, 'kubectl-create')
    await shop.running.clock.advance(1_000)
    const { release } = await shop.reconcile()
    expect(release?.drift).toMatchObject({ object: 'ConfigMap shop/settings', healed: true })
    expect(shop.running.emulator.get(settings)?.['data']).toEqual({ key: 'value' })
  })

  it.each([
    ['and was looked at before', true],
    ['sooner than anybody looked', false],
  ])('is none where a Job that completed is cleaned up, %s', async (_, isLookedAt) => {
    const container = { name: 'run', image: 'registry.shop.example/seed:1' }
    const job: KubernetesObject = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'seed', namespace: 'shop' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
    }
    const live = () => shop.running.emulator.get({ kind: 'Job', namespace: 'shop', name: 'seed' })
    shop.ledger.attest([job])
    await shop.reconcile()
    await shop.running.clock.advance(10_000)
    expect(live()?.['status']).toMatchObject({ succeeded: 1 })
    if (isLookedAt) await shop.until('healthy')
    shop.running.emulator.delete({ kind: 'Job', namespace: 'shop', name: 'seed' })
    await shop.until('healthy')
    expect((await shop.reconcile()).actions).toBe(0)
    expect(live()).toBeUndefined()
    shop.restart()
    expect((await shop.reconcile()).release).toMatchObject({ phase: 'healthy' })
    expect(live(), 'after a restart').toBeUndefined()
  })

  it('is healed where somebody takes our label off', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    edit(settings, { metadata: { labels: { 'drawbridge.dev/owner': null } } })
    await shop.reconcile()
    expect(shop.running.emulator.get(settings)?.metadata.labels).toHaveProperty(['drawbridge.dev/owner'])
  })
})

describe('health of a target', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const coupon = { kind: 'Coupon', namespace: 'shop', name: 'ten' }
  const withCoupon = () => {
    const versions = [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
    ]
    shop.running.emulator.create({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'coupons.shop.example' },
      spec: {
        group: 'shop.example',
        scope: 'Namespaced',
        names: { plural: 'coupons', kind: 'Coupon' },
        versions,
      },
    })
    shop.ledger.attest([
      { apiVersion: 'shop.example/v1', kind: 'Coupon', metadata: { name: 'ten', namespace: 'shop' } },
    ])
  }

  it('follows a rule of the configuration', async () => {
    shop.ledger.settings = {
      health: [
        { group: 'shop.example', kind: 'Coupon', healthy: 'status.printed', degraded: 'status.jammed' },
      ],
    }
    withCoupon()
    expect((await shop.until('progressing')).reason).toBe(
      'Coupon shop/ten: its controller has not said how it is',
    )
    shop.running.emulator.edit(coupon, { status: { jammed: true } }, 'printer')
    expect((await shop.until('degraded')).reason).toContain('Coupon shop/ten')
    shop.running.emulator.edit(coupon, { status: { jammed: false, printed: true } }, 'printer')
    expect((await shop.until('healthy')).reason).toBe('')
  })

  it('gives a kind that nobody speaks for its grace time, and looks again when it is over', async () => {
    withCoupon()
    await shop.until('progressing')
    const { release, next } = await shop.reconcile()
    expect(release).toMatchObject({
      phase: 'progressing',
      reason: expect.stringContaining('has not said anything'),
    })
    expect(next! - shop.running.clock.now()).toBeLessThanOrEqual(10_000)
    await shop.until('healthy')
  })

  it('is good only after everything has stayed healthy for a while', async () => {
    shop.ledger.settings = { stableSeconds: 20 }
    shop.ledger.attest([aDeployment()])
    const release = await shop.until('healthy')
    expect(release.healthyAt! - release.steadySince!).toBeGreaterThanOrEqual(20_000)
  })
})

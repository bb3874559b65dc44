import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inventoryId } from '../../src/features/sync/inventory.ts'
import { aConfigMap, aDeployment, openShop, type Shop, target } from './reconcile-target-doubles.ts'

describe('reconcile a target', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.stop())

  const live = (kind: string, name: string) => shop.running.emulator.get({ kind, namespace: 'shop', name })
  const writes = () =>
    shop.running.emulator.requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb)).length
  const image = () => JSON.stringify(live('Deployment', 'checkout')).match(/"image":"([^"]+)"/)?.[1]

  it('applies what is attested and waits until it is healthy', async () => {
    shop.ledger.attest([aDeployment(), aConfigMap('settings')])
    const first = await shop.reconcile()
    expect(first.release).toMatchObject({
      phase: 'progressing',
      reason: expect.stringContaining('Deployment shop/checkout'),
    })
    expect(first.next).toBe(shop.running.clock.now() + 60_000)
    const release = await shop.until('healthy')
    expect(release.healthyAt).toBeGreaterThan(release.appliedAt!)
    expect(release.reason).toBe('')
    expect(live('ConfigMap', 'settings')?.metadata.labels).toMatchObject({
      'drawbridge.dev/application': 'checkout',
    })
    expect(shop.audit.map(({ what }) => what)).toEqual(['apply', 'healthy'])
  })

  it('writes nothing when nothing is different', async () => {
    shop.ledger.attest([aDeployment(), aConfigMap('settings')])
    await shop.until('healthy')
    const before = writes()
    expect(await shop.reconcile()).toMatchObject({ actions: 0, outcome: 'healthy' })
    await shop.running.clock.advance(60 * 60_000)
    await shop.reconcile()
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
    expect(writes()).toBe(before)
  })

  it('rolls out a new version and counts its time anew', async () => {
    shop.ledger.attest([aDeployment()])
    const old = await shop.until('healthy')
    shop.ledger.attest([aDeployment('checkout', 'registry.shop.example/checkout:1.9.0')])
    expect((await shop.reconcile()).release).toMatchObject({ phase: 'progressing' })
    expect((await shop.reconcile()).release?.healthyAt).toBeUndefined()
    const release = await shop.until('healthy')
    expect(release.healthyAt).toBeGreaterThan(old.healthyAt!)
    expect(image()).toBe('registry.shop.example/checkout:1.9.0')
  })

  it('heals a live edit and says who made it', async () => {
    shop.ledger.attest([aDeployment()])
    await shop.until('healthy')
    const edited = { spec: { template: { spec: { containers: [{ name: 'app', image: 'evil:1' }] } } } }
    shop.running.emulator.edit({ kind: 'Deployment', namespace: 'shop', name: 'checkout' }, edited)
    const { release } = await shop.reconcile()
    expect(image()).toBe('registry.shop.example/checkout:1.8.0')
    expect(release?.drift).toMatchObject({
      object: 'Deployment shop/checkout',
      fields: expect.arrayContaining(['spec.template.spec.containers[app].image']),
      manager: 'kubectl-edit',
      healed: true,
      count: 1,
    })
    expect(shop.audit.map(({ what }) => what)).toContain('heal')
  })

  it('leaves alone what others add and the release does not say', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    shop.running.emulator.edit(
      { kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
      { data: { theirs: 'x' } },
    )
    expect((await shop.reconcile()).release?.drift).toBeUndefined()
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'value', theirs: 'x' })
  })

  it('brings back what was deleted', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    shop.running.emulator.delete({ kind: 'ConfigMap', namespace: 'shop', name: 'settings' })
    expect((await shop.reconcile()).release?.drift).toMatchObject({
      object: 'ConfigMap shop/settings',
      healed: true,
    })
    expect(live('ConfigMap', 'settings')).toBeDefined()
  })

  it('takes its time when somebody keeps changing it back', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    const fight = () => {
      shop.running.emulator.edit(
        { kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
        { data: { key: 'theirs' } },
        'rival',
      )
      return shop.reconcile()
    }
    expect((await fight()).release?.drift).toMatchObject({ healed: true, count: 1, manager: 'rival' })
    const held = await fight()
    expect(held.release?.drift).toMatchObject({ count: 1 })
    expect(held.next).toBe(shop.running.clock.now() + 1000)
    await shop.running.clock.advance(1000)
    expect((await shop.reconcile()).release?.drift).toMatchObject({ healed: true, count: 2 })
    expect((await fight()).next).toBe(shop.running.clock.now() + 5000)
  })

  it('prunes what the release no longer has, and only that', async () => {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('old')])
    await shop.until('healthy')
    shop.running.emulator.create(aConfigMap('theirs'))
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    expect(live('ConfigMap', 'old')).toBeUndefined()
    expect(live('ConfigMap', 'theirs')).toBeDefined()
    expect(shop.audit.find(({ what }) => what === 'prune')?.data).toMatchObject({
      deleted: ['ConfigMap shop/old'],
    })
  })

  it('deletes nothing when the release is empty', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    shop.ledger.attest([])
    const { release } = await shop.reconcile()
    expect(release?.reason).toContain('holds no objects at all')
    expect(live('ConfigMap', 'settings')).toBeDefined()
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
  })

  it.each([
    ['unsigned' as const, 'carries no signature'],
    ['bad-signature' as const, 'not by a key that is trusted'],
    ['rewritten' as const, 'HISTORY_REWRITTEN'],
  ])('refuses a rendered branch that is %s', async (trust, words) => {
    shop.ledger.attest([aConfigMap('settings')])
    shop.ledger.trust = trust
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ phase: 'refused', reason: expect.stringContaining(words) })
    expect(live('ConfigMap', 'settings')).toBeUndefined()
    expect(writes()).toBe(0)
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
  })

  it('refuses a commit of ours from before what it has applied, also when nobody remembers it', async () => {
    shop.ledger.attest([aConfigMap('settings', { key: 'old' })])
    shop.ledger.attest([aConfigMap('settings', { key: 'new' })])
    await shop.until('healthy')
    shop.ledger.attest([aConfigMap('settings', { key: 'old' })])
    shop.ledger.sequence = 1
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({
      phase: 'refused',
      reason: expect.stringMatching(
        /^HISTORY_REWRITTEN: .* \(sequence 1\) is older than what was applied here \(2\)/,
      ),
    })
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'new' })
    expect(await shop.reconcile()).toMatchObject({ actions: 0 })
    delete shop.ledger.sequence
    await shop.until('healthy')
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'old' })
  })

  it('refuses what is not attested and leaves what runs alone', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    await shop.until('healthy')
    shop.ledger.withdraw()
    expect((await shop.reconcile()).release).toMatchObject({ phase: 'refused' })
    expect(live('ConfigMap', 'settings')).toBeDefined()
  })

  it('says which object the cluster refuses, without its values, and goes no further', async () => {
    shop.running.emulator.admission((object) =>
      object.kind === 'ConfigMap' && object.metadata.name === 'bad' ? 'not here' : undefined,
    )
    shop.ledger.attest([aConfigMap('bad'), aDeployment()])
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({
      phase: 'degraded',
      reason: expect.stringContaining('ConfigMap shop/bad'),
    })
    expect(live('Deployment', 'checkout')).toBeUndefined()
  })

  it('takes over from kubectl, and reports a controller that owns a field', async () => {
    shop.running.emulator.create(aConfigMap('settings', { key: 'by hand' }), 'kubectl-client-side-apply')
    shop.running.emulator.create(aConfigMap('contested', { key: 'by robot' }), 'robot')
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('contested')])
    const { release } = await shop.reconcile()
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'value' })
    expect(release).toMatchObject({
      phase: 'degraded',
      reason: 'ConfigMap shop/contested: robot owns .data.key',
    })
    expect(live('ConfigMap', 'contested')?.['data']).toEqual({ key: 'by robot' })
  })

  it('lets the first application keep an object that two want, and the second take it when it is given up', async () => {
    const other = { ...target, application: 'cart' }
    shop.ledger.attest([aConfigMap('shared')])
    await shop.until('healthy')
    shop.ledger.attest([aConfigMap('shared'), aConfigMap('own')], other)
    expect((await shop.reconcile(other)).release?.reason).toBe(
      'OWNERSHIP_CONFLICT: ConfigMap shop/shared belongs to application checkout',
    )
    shop.ledger.attest([aConfigMap('settings')])
    expect((await shop.reconcile(other)).release?.phase).toBe('healthy')
    await shop.until('healthy')
    expect(live('ConfigMap', 'shared')?.metadata.labels).toMatchObject({
      'drawbridge.dev/application': 'cart',
    })
  })

  it('waits for a kind that the release itself defines', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'coupons.shop.example' },
      spec: {
        group: 'shop.example',
        scope: 'Namespaced',
        names: { plural: 'coupons', kind: 'Coupon' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    }
    const coupon = {
      apiVersion: 'shop.example/v1',
      kind: 'Coupon',
      metadata: { name: 'ten', namespace: 'shop' },
      spec: { percent: 10 },
    }
    shop.ledger.attest([definition, coupon])
    expect((await shop.reconcile()).release).toMatchObject({
      phase: 'applying',
      reason: 'Coupon is not served yet',
    })
    await shop.until('healthy')
    expect(live('Coupon', 'ten')).toBeDefined()
  })

  it('reports a version that does not start', async () => {
    shop.ledger.attest([aDeployment('checkout', 'registry.shop.example/checkout:2.0.0-broken')])
    expect((await shop.until('progressing')).reason).toContain('Deployment shop/checkout')
    await shop.running.clock.advance(11 * 60_000)
    expect((await shop.until('degraded')).reason).toContain('ProgressDeadlineExceeded')
  })

  it('says that the cluster cannot be reached, and goes on when it can', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    shop.running.emulator.chaos.inject({ kind: 'unreachable' })
    const work = shop.reconcile()
    const ticking = setInterval(() => void shop.running.clock.advance(1000), 5)
    expect((await work).release).toMatchObject({ phase: 'unreachable' })
    clearInterval(ticking)
    shop.running.emulator.chaos.heal()
    expect((await shop.until('healthy')).phase).toBe('healthy')
  })

  it('leaves a cluster that an agent serves to the agent', async () => {
    expect(await shop.reconcile({ ...target, cluster: 'far-away' })).toEqual({
      outcome: 'served-by-an-agent',
      actions: 0,
    })
  })

  it('finds its objects again when the inventory is lost', async () => {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('old')])
    await shop.until('healthy')
    shop.running.emulator.delete({
      kind: 'ConfigMap',
      namespace: 'drawbridge-system',
      name: 'drawbridge.checkout.dev',
    })
    await expect.poll(() => shop.view.inventory(inventoryId(target))).toBeUndefined()
    shop.ledger.attest([aConfigMap('settings')])
    expect((await shop.reconcile()).release?.reason).toContain('deleted once it was seen twice')
    expect(live('ConfigMap', 'old')).toBeDefined()
    await shop.reconcile()
    expect(live('ConfigMap', 'old')).toBeUndefined()
  })
})

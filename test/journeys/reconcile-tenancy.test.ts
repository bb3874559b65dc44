import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aTenant } from '../builders.ts'
import { aConfigMap, aDeployment, openShop, type Shop } from './reconcile-target-doubles.ts'

const shopTenant = aTenant({
  name: 'shop',
  applications: ['*'],
  namespaces: ['shop'],
  impersonate: { namespace: 'shop', name: 'deployer' },
})
const deployer = 'system:serviceaccount:shop:deployer'

describe('a release of a tenant is applied', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.running.stop())

  const live = (kind: string, name: string, namespace = 'shop') =>
    shop.running.emulator.get({ kind, namespace, name })
  const inOwnNamespace = (request: { namespace: string }) => request.namespace === 'shop'

  it('with the identity of its tenant, while the inventory is written with our own', async () => {
    const users = new Map<string, Set<string>>()
    shop.running.emulator.authorization(({ user, verb, namespace }) => {
      if (['create', 'update', 'patch'].includes(verb))
        users.set(namespace, (users.get(namespace) ?? new Set()).add(user))
      return true
    })
    shop.ledger.attest([aDeployment(), aConfigMap('settings')], undefined, { tenants: [shopTenant] })
    await shop.until('healthy')
    expect(users.get('shop')).toEqual(new Set([deployer]))
    expect(users.get('drawbridge-system')).toEqual(new Set(['drawbridge']))
  })

  it('not at all where an object is outside of what was attested, whatever the API server would say', async () => {
    const elsewhere = { ...aConfigMap('stolen'), metadata: { name: 'stolen', namespace: 'kube-system' } }
    shop.ledger.attest([aConfigMap('settings'), elsewhere], undefined, { tenants: [shopTenant] })
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('may not deliver to the namespace kube-system'),
    })
    expect(live('ConfigMap', 'settings')).toBeUndefined()
  })

  it('no more, where its limits have become narrower: that is told, and nothing is put back or deleted', async () => {
    const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
    const file = { ...shopTenant, namespaces: ['shop', 'shop-*'] }
    shop.ledger.attest([aConfigMap('settings')], undefined, { tenants: [file] })
    shop.ledger.settings = { tenants: [[file]] }
    await shop.until('healthy')

    shop.ledger.settings = { tenants: [[{ ...file, namespaces: ['shop-*'] }]] }
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } }, 'rival')
    expect((await shop.reconcile()).release).toMatchObject({
      phase: 'refused',
      reason: expect.stringMatching(/^OUTSIDE_TENANT: ConfigMap shop\/settings: .*become narrower/),
    })
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'theirs' })
    expect(shop.audit.at(-1)).toMatchObject({ what: 'refuse' })
    expect((await shop.reconcile()).actions, 'said once').toBe(0)

    shop.ledger.settings = { tenants: [[file]] }
    await shop.until('healthy')
    expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'value' })
  })

  it('not by limits that have become wider: those it was released under hold', async () => {
    shop.ledger.attest([aConfigMap('settings')], undefined, {
      tenants: [{ ...shopTenant, namespaces: ['other'] }],
    })
    shop.ledger.settings = { tenants: [[{ ...shopTenant, namespaces: ['*'] }]] }
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ phase: 'refused', reason: expect.not.stringContaining('narrower') })
  })

  it('not where the API server knows better which kinds live in a namespace', async () => {
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'everything', namespace: 'shop' },
      rules: [],
    }
    shop.ledger.attest([role], undefined, { tenants: [shopTenant] })
    expect((await shop.reconcile()).release).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('concerns the whole cluster'),
    })
  })

  it('and refused by the API server where the identity may not, with its words', async () => {
    shop.running.emulator.authorization(
      (request) => request.user !== deployer || (inOwnNamespace(request) && request.kind !== 'Deployment'),
    )
    shop.ledger.attest([aDeployment(), aConfigMap('settings')], undefined, { tenants: [shopTenant] })
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ phase: 'degraded', reason: expect.stringContaining('Deployment') })
  })

  it('and pruned only where the identity may delete', async () => {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('old')], undefined, { tenants: [shopTenant] })
    await shop.until('healthy')
    const forbid = shop.running.emulator.authorization(
      ({ user, verb }) => user !== deployer || verb !== 'delete',
    )
    shop.ledger.attest([aConfigMap('settings')], undefined, { tenants: [shopTenant] })
    const { release } = await shop.reconcile()
    expect(release?.reason).toContain('does not let us delete it')
    expect(live('ConfigMap', 'old')).toBeDefined()
    forbid()
    await shop.until('healthy')
    expect(live('ConfigMap', 'old')).toBeUndefined()
  })

  it('X3: not where it would change what is ours, tenants or not', async () => {
    const inventory = {
      ...aConfigMap('drawbridge.search.dev'),
      metadata: { name: 'drawbridge.search.dev', namespace: 'drawbridge-system' },
    }
    shop.ledger.attest([aConfigMap('settings'), inventory])
    expect((await shop.reconcile()).release).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('a record that Drawbridge alone writes'),
    })
    expect(live('ConfigMap', 'drawbridge.search.dev', 'drawbridge-system')).toBeUndefined()
  })
})

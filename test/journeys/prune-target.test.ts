import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aCoupon, couponDefinition } from '../emulator/cluster/coupons.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import { reconcileTarget } from '../../src/journeys/sync/reconcile-target.ts'
import { aConfigMap, openShop, repository, type Shop, target } from './reconcile-target-doubles.ts'

const definition = couponDefinition()
const coupon = aCoupon('shop')
const aSecret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'old', namespace: 'shop' } }
const forbidden = new AdapterError({
  system: 'kubernetes',
  operation: 'list customresourcedefinitions',
  target: 'dev',
  retryable: false,
  message: 'the API server answers 403',
})
const served = (kind: string) => ({
  group: 'shop.example',
  version: 'v1',
  kind,
  plural: 'rockets',
  isNamespaced: true,
})
const apiService = (group: string): KubernetesObject => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `v1.${group}` },
  spec: { group, version: 'v1', service: { name: 'other', namespace: 'shop' } },
})

describe('what a release no longer has', () => {
  let shop: Shop
  /** Kinds that the API server says nothing of, as when the server behind an API is away. */
  let hidden: string[]
  /** Group that another server answers for. */
  let delegated: string | undefined
  let isForbidden: boolean
  /** A kind whose lists and writes are not answered. */
  let failing: string | undefined
  /** Whoever writes a record is ended there and then. */
  let isKilled: boolean

  beforeEach(async () => {
    hidden = []
    delegated = undefined
    isForbidden = false
    failing = undefined
    isKilled = false
    const hide = (cluster: Cluster): Cluster => ({
      ...cluster,
      resources: async (options) => [
        ...(await cluster.resources(options)).filter(({ kind }) => !hidden.includes(kind)),
        ...(failing === undefined ? [] : [served(failing)]),
      ],
      async apply(object, options) {
        if (object.kind === failing) throw new AdapterError({ ...forbidden, retryable: true })
        return cluster.apply(object, options)
      },
      async replace(object, options) {
        if (isKilled) throw new Error('killed')
        return cluster.replace(object, options)
      },
      async list(kind, labels) {
        if (kind.kind === 'APIService' && delegated !== undefined)
          return { objects: [apiService(delegated)], resourceVersion: '1' }
        if (kind.kind === 'CustomResourceDefinition' && isForbidden) throw forbidden
        if (kind.kind === failing) throw new AdapterError({ ...forbidden, retryable: true })
        return cluster.list(kind, labels)
      },
    })
    shop = await openShop(hide)
  })
  afterEach(() => shop.stop())

  const live = (kind: string, name: string) => shop.running.emulator.get({ kind, namespace: 'shop', name })
  const recorded = () => {
    const id = { kind: 'ConfigMap', namespace: 'drawbridge-system', name: 'drawbridge.checkout.dev' }
    return JSON.stringify(shop.running.emulator.get(id)?.['data'])
  }
  const look = async () => (await reconcileTarget(shop.ports, { repository, target })).release

  it('is recorded until its finalizers are gone, which are told and never taken off', async () => {
    const held = aConfigMap('old')
    held.metadata['finalizers'] = ['shop.example/bill']
    shop.ledger.attest([aConfigMap('settings'), held])
    await shop.until('healthy')
    shop.ledger.attest([aConfigMap('settings')])
    await shop.reconcile()
    const { release } = await shop.reconcile()
    expect(release?.reason).toBe('ConfigMap shop/old is being deleted, held by shop.example/bill')
    expect(live('ConfigMap', 'old')?.metadata['finalizers']).toEqual(['shop.example/bill'])
    expect(recorded()).toContain('old')
    shop.running.emulator.edit(
      { kind: 'ConfigMap', namespace: 'shop', name: 'old' },
      { metadata: { finalizers: null } },
      'bill-controller',
    )
    await shop.reconcile()
    expect((await shop.reconcile()).release?.reason).toBe('')
    expect(recorded()).not.toContain('old')
  })

  const moves = 'not deleted: ConfigMap shop/shared moves to application cart'
  it.each([
    ['the old one looks first', [target], [moves]],
    ['the new one looks first', [], []],
  ])(
    'moves to another application of the same release without being deleted: %s',
    async (_, first, reasons) => {
      const other = { ...target, application: 'cart' }
      shop.ledger.attest([aConfigMap('shared'), aConfigMap('settings')])
      shop.ledger.attest([aConfigMap('basket')], other)
      await shop.until('healthy')
      await shop.reconcile(other)
      const uid = live('ConfigMap', 'shared')?.metadata.uid
      shop.ledger.attest([aConfigMap('settings')])
      shop.ledger.attest([aConfigMap('basket'), aConfigMap('shared')], other)
      const told: (string | undefined)[] = []
      for (const one of first) told.push((await shop.reconcile(one)).release?.reason)
      expect(told).toEqual(reasons)
      await shop.reconcile(other)
      expect((await shop.reconcile()).release?.reason).toBe('')
      expect(live('ConfigMap', 'shared')?.metadata).toMatchObject({
        uid,
        labels: { 'drawbridge.dev/application': 'cart' },
      })
      expect(recorded()).not.toContain('shared')
    },
  )

  it('is not forgotten while its API is not served but still defined, and is once the definition is gone', async () => {
    shop.running.emulator.create(definition)
    shop.ledger.attest([aConfigMap('settings'), coupon])
    await shop.until('healthy')
    hidden = ['Coupon']
    shop.running.emulator.delete({ kind: 'Coupon', namespace: 'shop', name: 'ten' })
    shop.ledger.attest([aConfigMap('settings')])
    await shop.reconcile()
    expect((await shop.reconcile()).release?.reason).toBe(
      'not deleted: the cluster does not serve Coupon of shop.example at present, so nothing is known of Coupon shop/ten',
    )
    expect(recorded()).toContain('Coupon')
    shop.running.emulator.delete({ kind: 'CustomResourceDefinition', name: 'coupons.shop.example' })
    const isKept = async () => {
      await shop.reconcile()
      return (
        (await shop.reconcile()).release?.reason.startsWith('not deleted') && recorded().includes('Coupon')
      )
    }
    isForbidden = true
    expect(await isKept()).toBe(true)
    isForbidden = false
    delegated = 'shop.example'
    expect(await isKept()).toBe(true)
    delegated = 'other.example'
    await shop.reconcile()
    expect((await shop.reconcile()).release?.reason).toBe('')
    expect(recorded()).not.toContain('Coupon')
  })

  it('is deleted only at the second look where the record is of another cluster', async () => {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('old')])
    await shop.until('healthy')
    const name = 'drawbridge.checkout.dev'
    shop.running.emulator.edit(
      { kind: 'ConfigMap', namespace: 'drawbridge-system', name },
      { data: { cluster: 'the-cluster-before' } },
    )
    shop.ledger.attest([aConfigMap('settings')])
    const first = await shop.reconcile()
    expect(first.release?.reason).toContain('deleted once it was seen twice')
    expect(first.next).toBe(shop.running.clock.now() + 5_000)
    expect(live('ConfigMap', 'old')).toBeDefined()
    await shop.reconcile()
    expect(live('ConfigMap', 'old')).toBeUndefined()
  })

  it('is deleted whatever its version was called when it was applied', async () => {
    const versions = [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
    ]
    const both = { ...definition, spec: { ...(definition['spec'] as object), versions } }
    shop.running.emulator.create(both)
    shop.ledger.attest([aConfigMap('settings'), { ...coupon, apiVersion: 'shop.example/v1beta1' }])
    await shop.until('healthy')
    shop.running.emulator.edit(
      { kind: 'CustomResourceDefinition', name: 'coupons.shop.example' },
      { spec: { versions: versions.slice(0, 1) } },
    )
    shop.ledger.attest([aConfigMap('settings')])
    await shop.reconcile()
    expect(live('Coupon', 'ten')).toBeUndefined()
  })

  it('is found again after a loss where nobody follows its kind, and nothing is believed of what does not answer', async () => {
    shop.running.emulator.create(definition)
    shop.ledger.attest([aConfigMap('settings'), coupon])
    await shop.until('healthy')
    shop.running.emulator.delete({
      kind: 'ConfigMap',
      namespace: 'drawbridge-system',
      name: 'drawbridge.checkout.dev',
    })
    const { running } = shop
    const copied = aConfigMap('copied')
    copied.metadata.labels = { ...live('Coupon', 'ten')?.metadata.labels }
    running.emulator.create(copied)
    shop.restart()
    shop.ledger.attest([aConfigMap('settings')])
    failing = 'Rocket'
    const lost = 'the record is lost, and the API server does not list Rocket'
    expect(await look()).toMatchObject({ phase: 'unreachable', reason: expect.stringContaining(lost) })
    failing = undefined
    await running.clock.advance(60_000)
    expect((await look())?.reason).toContain('deleted once it was seen twice')
    expect(live('Coupon', 'ten')).toBeDefined()
    await look()
    expect(live('Coupon', 'ten')).toBeUndefined()
    expect(live('ConfigMap', 'copied')).toBeDefined()
  })

  it('is found though its install was cut off before anything of it was recorded', async () => {
    shop.ledger.attest([aConfigMap('settings'), aSecret])
    isKilled = true
    await expect(look()).rejects.toThrow('killed')
    isKilled = false
    expect(live('Secret', 'old')).toBeDefined()
    expect(recorded()).toBeUndefined()
    shop.ledger.attest([aConfigMap('settings')])
    shop.restart()
    expect((await look())?.reason).toContain('deleted once it was seen twice')
    expect(recorded()).toContain('Secret')
    await look()
    expect(live('Secret', 'old')).toBeUndefined()
  })

  it('is recorded where the server fails in the middle of an install', async () => {
    failing = 'Secret'
    shop.ledger.attest([aConfigMap('settings'), aSecret])
    expect((await look())?.phase).toBe('unreachable')
    expect(recorded()).toContain('settings')
  })
})

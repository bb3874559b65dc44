import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aCoupon, couponDefinition } from '../emulator/cluster/coupons.ts'
import { aConfigMap, openShop, type Shop, target } from './reconcile-target-doubles.ts'

const definition = couponDefinition()
const coupon = aCoupon('shop')

describe('where a webhook of the cluster is down', () => {
  let shop: Shop
  let ticking: ReturnType<typeof setInterval>

  beforeEach(async () => {
    shop = await openShop()
    // What is tried again waits by the clock of the emulator.
    ticking = setInterval(() => void shop.running.clock.advance(500), 5)
  })
  afterEach(async () => {
    clearInterval(ticking)
    await shop.stop()
  })

  const live = (kind: string, name: string) => shop.running.emulator.get({ kind, namespace: 'shop', name })
  const writes = () =>
    shop.running.emulator.requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb)).length

  it('that converts one kind: what has none of it goes on, and of what has it nothing is made anew or deleted', async () => {
    const other = { ...target, application: 'search' }
    shop.running.emulator.create(definition)
    await shop.running.clock.advance(2_000)
    shop.running.emulator.create(coupon)
    shop.ledger.attest([aConfigMap('search')], other)
    shop.ledger.attest([coupon, aConfigMap('settings')])
    shop.running.emulator.chaos.inject({ kind: 'error', code: 500, count: Infinity, path: '/coupons' })
    const before = writes()
    expect((await shop.reconcile()).release).toMatchObject({ phase: 'unreachable' })
    expect(writes()).toBe(before)
    await expect.poll(async () => (await shop.reconcile(other)).release?.phase).toBe('healthy')
    expect(live('Coupon', 'ten')).toBeDefined()
    shop.running.emulator.chaos.heal()
    await expect
      .poll(async () => (await shop.reconcile()).release?.phase, { timeout: 10_000 })
      .toBe('healthy')
  })

  it.each([500, 504] as const)(
    'that admits, with %s: it is tried again, and is no fault of the release',
    async (code) => {
      shop.ledger.attest([aConfigMap('settings')])
      shop.running.emulator.chaos.inject({ kind: 'error', code, count: 2, verb: 'apply', path: '/settings' })
      await expect.poll(async () => (await shop.reconcile()).release?.phase).toBe('healthy')
      shop.ledger.attest([aConfigMap('settings', { key: 'new' })])
      shop.running.emulator.chaos.inject({
        kind: 'error',
        code,
        count: Infinity,
        verb: 'apply',
        path: '/settings',
      })
      expect((await shop.reconcile()).release).toMatchObject({ phase: 'unreachable' })
      shop.running.emulator.chaos.heal()
      await expect.poll(async () => (await shop.reconcile()).release?.phase).toBe('healthy')
      expect(live('ConfigMap', 'settings')?.['data']).toEqual({ key: 'new' })
    },
  )
})

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aConfigMap, openShop, type Shop } from './reconcile-target-doubles.ts'

describe('a target that is paused', () => {
  let shop: Shop

  beforeEach(async () => {
    shop = await openShop()
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('old')])
    await shop.until('healthy')
  })
  afterEach(() => shop.stop())

  const pause = (until?: number) => {
    const at = shop.running.clock.now()
    const more = until === undefined ? {} : { until }
    shop.ledger.pauses = [
      { environment: 'dev', application: 'checkout', reason: 'a migration', by: 'ada', at, ...more },
    ]
  }
  const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
  const live = (name: string) => shop.running.emulator.get({ ...settings, name })
  const writes = () =>
    shop.running.emulator.requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb)).length

  it('is not healed: the drift is told, with who paused it, since when and why', async () => {
    pause()
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } }, 'rival')
    const before = writes()
    const { release } = await shop.reconcile()
    expect(live('settings')?.['data']).toEqual({ key: 'theirs' })
    expect(release).toMatchObject({
      phase: 'healthy',
      reason: expect.stringMatching(/^paused by ada since \d{4}-\S+Z: a migration/),
      pause: { by: 'ada', reason: 'a migration' },
      drift: { object: 'ConfigMap shop/settings', manager: 'rival', healed: false, isReportOnly: true },
    })
    const [first, second] = [await shop.reconcile(), await shop.reconcile()]
    expect([first.actions, second.actions, writes()]).toEqual([0, 0, before])
  })

  const hour = 3_600_000
  it.each`
    ahead        | ends         | phase
    ${0}         | ${hour}      | ${'pending'}
    ${2 * hour}  | ${hour}      | ${'applied'}
    ${-2 * hour} | ${-hour}     | ${'pending'}
    ${-2 * hour} | ${-3 * hour} | ${'applied'}
    ${5_000}     | ${4_000}     | ${'pending'}
  `(
    'until $ends ms from now, and the cluster’s clock is $ahead ms ahead: $phase',
    async ({ ahead, ends, phase }) => {
      const now = shop.running.clock.now()
      shop.aheadMs = ahead
      pause(now + ends)
      shop.ledger.attest([aConfigMap('settings', { key: 'new' }), aConfigMap('old')])
      const { release, next } = await shop.reconcile()
      expect(release?.phase === 'pending' ? 'pending' : 'applied').toBe(phase)
      expect(release?.since, 'how long it takes is told by our clock').toBe(now)
      const end = now + ends - (Math.abs(ahead) > 5_000 ? ahead : 0)
      expect(next).toBeLessThanOrEqual(phase === 'pending' ? end : Infinity)
    },
  )

  it('takes no release and deletes nothing, and goes on when the pause is lifted', async () => {
    pause()
    shop.ledger.attest([aConfigMap('settings', { key: 'new' })])
    const before = writes()
    expect((await shop.reconcile()).release).toMatchObject({
      phase: 'pending',
      reason: expect.stringContaining('paused by ada'),
    })
    expect([writes(), live('settings')?.['data']]).toEqual([before, { key: 'value' }])
    expect(live('old')).toBeDefined()
    shop.ledger.pauses = []
    const release = await shop.until('healthy')
    expect(release).toMatchObject({ reason: '' })
    expect(release.pause).toBeUndefined()
    expect([live('settings')?.['data'], live('old')]).toEqual([{ key: 'new' }, undefined])
  })

  it('is healed when its pause is over, without anybody asking', async () => {
    const until = shop.running.clock.now() + 60_000
    pause(until)
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } }, 'rival')
    expect((await shop.reconcile()).next).toBe(until)
    await shop.running.clock.advance(60_000)
    const { release } = await shop.reconcile()
    expect(release).toMatchObject({ drift: { healed: true } })
    expect(release?.pause).toBeUndefined()
    expect(live('settings')?.['data']).toEqual({ key: 'value' })
  })

  it('is one whose application is named: another one is healed', async () => {
    pause()
    shop.ledger.pauses[0]!.application = 'search'
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } }, 'rival')
    expect((await shop.reconcile()).release?.pause).toBeUndefined()
    expect(live('settings')?.['data']).toEqual({ key: 'value' })
  })
})

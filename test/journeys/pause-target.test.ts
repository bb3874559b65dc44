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

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Hint, watchTargets } from '../../src/reconciler/watch-targets.ts'
import {
  aConfigMap,
  aDeployment,
  openShop,
  repository,
  type Shop,
  target,
} from '../journeys/reconcile-target-doubles.ts'

describe('watch targets', () => {
  let shop: Shop
  let hints: Hint[]
  let stop: AbortController

  beforeEach(async () => {
    shop = await openShop()
    hints = []
    stop = new AbortController()
    shop.ledger.attest([aDeployment(), aConfigMap('settings')])
    await shop.until('healthy')
    void watchTargets(shop.cluster, shop.running.clock, (hint) => hints.push(hint), stop.signal)
    const watches = () => shop.running.emulator.requests.filter(({ verb }) => verb === 'watch').length
    await vi.waitUntil(() => watches() === 3)
  })
  afterEach(async () => {
    stop.abort()
    await shop.running.stop()
  })

  const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }

  it('says nothing while nothing changes', () => {
    expect(hints).toEqual([])
  })

  it('gives a hint when an object of ours is edited', async () => {
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } })
    await expect.poll(() => hints).toEqual([{ repositoryId: repository.id, target }])
  })

  it('gives a hint when an object of ours is deleted', async () => {
    shop.running.emulator.delete(settings)
    await expect.poll(() => hints).toEqual([{ repositoryId: repository.id, target }])
  })

  it('says nothing of fields that are not ours', async () => {
    shop.running.emulator.edit(settings, { data: { theirs: 'x' } })
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } })
    await expect.poll(() => hints.length).toBe(1)
  })

  it('goes on after the server closed, cut or expired its watches', async () => {
    const { chaos } = shop.running.emulator
    const disturbances = [() => chaos.closeWatches(), () => chaos.cutWatches(), () => chaos.expireWatches()]
    for (const [index, disturb] of disturbances.entries()) {
      disturb()
      const ticking = setInterval(() => void shop.running.clock.advance(500), 5)
      shop.running.emulator.edit(settings, { data: { key: `edit ${index}` } })
      await shop.reconcile()
      await expect.poll(() => hints.length).toBeGreaterThan(index)
      clearInterval(ticking)
    }
  })
})

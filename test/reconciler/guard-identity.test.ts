import { beforeEach, describe, expect, it } from 'vitest'
import { createIdentityGuard, type IdentityMemory } from '../../src/reconciler/guard-identity.ts'
import { openShop, target } from '../journeys/reconcile-target-doubles.ts'
import { reconcileTarget } from '../../src/journeys/sync/reconcile-target.ts'
import { aConfigMap, repository } from '../journeys/reconcile-target-doubles.ts'

let known: string | undefined
let deeds: string[]
let found: string
let now: number
let asked: number

const memory: IdentityMemory = {
  read: async () => known,
  async remember(identity, how) {
    known = identity
    deeds.push(`${how} ${identity}`)
  },
}
const guard = (...accepted: string[]) =>
  createIdentityGuard(
    {
      name: 'eu',
      identity: async () => {
        asked += 1
        return found
      },
    },
    memory,
    { now: () => now },
    accepted,
  )

beforeEach(() => {
  known = undefined
  deeds = []
  found = 'uid-1'
  now = 0
  asked = 0
})

describe('a cluster', () => {
  it('is remembered when it is first seen', async () => {
    expect(await guard().refusal()).toBeUndefined()
    expect(deeds).toEqual(['first-seen uid-1'])
  })

  it('that was replaced under its name is refused, with what to type', async () => {
    known = 'uid-0'
    expect(await guard().refusal()).toContain('--accept-identity uid-1')
    expect(await guard('uid-7').refusal()).toContain('CLUSTER_IDENTITY_CHANGED')
    expect(known).toBe('uid-0')
  })

  it('that is replaced while it is served is noticed within a minute', async () => {
    const one = guard()
    await one.refusal()
    found = 'uid-2'
    now = 59_999
    expect(await one.refusal()).toBeUndefined()
    now = 60_000
    expect(await one.refusal()).toContain('uid-2')
    expect(asked).toBe(2)
  })

  it('that an operator accepts is served, and nothing is pruned in the first look at a target', async () => {
    known = 'uid-0'
    const one = guard('uid-1')
    expect(await one.refusal()).toBeUndefined()
    expect(deeds).toEqual(['accepted uid-1'])
    expect([one.mayPrune(target), one.mayPrune(target)]).toEqual([false, true])
    expect(one.mayPrune({ ...target, application: 'other' })).toBe(false)
  })

  it('of which somebody else knows another is refused', async () => {
    const one = guard()
    one.stop('the app knows another')
    expect(await one.refusal()).toBe('the app knows another')
  })
})

it('has nothing pruned in the first look at a target after it was replaced', async () => {
  const shop = await openShop()
  try {
    shop.ledger.attest([aConfigMap('settings'), aConfigMap('old')])
    await shop.until('healthy')
    known = 'uid-0'
    const served = { cluster: shop.cluster, view: shop.view, guard: guard('uid-1') }
    const ports = { ...shop.ports, serve: async () => served }
    shop.ledger.attest([aConfigMap('settings')])
    const names = () => shop.running.emulator.list('ConfigMap', 'shop').map(({ metadata }) => metadata.name)
    const look = () => reconcileTarget(ports, { repository, target })
    expect((await look()).next).toBe(shop.running.clock.now() + 1_000)
    expect(names()).toContain('old')
    await look()
    expect(names()).toEqual(['settings'])
  } finally {
    await shop.stop()
  }
})

it('gets nothing written while it is refused', async () => {
  const shop = await openShop()
  try {
    shop.ledger.attest([aConfigMap('settings')])
    known = 'uid-0'
    const served = { cluster: shop.cluster, view: shop.view, guard: guard() }
    const ports = { ...shop.ports, serve: async () => served }
    const { release } = await reconcileTarget(ports, { repository, target })
    expect(release).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('CLUSTER_IDENTITY_CHANGED'),
    })
    expect(shop.running.emulator.list('ConfigMap', 'shop')).toEqual([])
  } finally {
    await shop.stop()
  }
})

import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/ports/cluster.ts'
import { aConfigMap, aDeployment, openShop } from './reconcile-target-doubles.ts'

class Killed extends Error {}

/** Ends the process, as far as the journey can tell: before, or just after, the n-th call that writes. */
function killAt(call: number, moment: 'before' | 'after') {
  let calls = 0
  let isArmed = false
  let isDead = false
  const wrap = (cluster: Cluster): Cluster => {
    const around = async <T>(work: () => Promise<T>): Promise<T> => {
      if (isDead) throw new Killed()
      if (isArmed) calls += 1
      const isNow = isArmed && calls === call
      isDead = isNow
      if (isNow && moment === 'before') throw new Killed()
      const result = await work()
      if (isNow) throw new Killed()
      return result
    }
    return {
      ...cluster,
      apply: (object, options) => around(() => cluster.apply(object, options)),
      replace: (object, options) => around(() => cluster.replace(object, options)),
      delete: (id, uid) => around(() => cluster.delete(id, uid)),
    }
  }
  return {
    wrap,
    arm() {
      isArmed = true
    },
    restart() {
      isDead = false
    },
    heal() {
      isArmed = false
    },
    wasReached: () => calls >= call,
  }
}

/** What is new in the second release is in neither of the others: a record has to name it before it is made. */
const first = [aConfigMap('settings')]
const second = [aDeployment(), aConfigMap('settings'), aConfigMap('brief')]
const third = [
  aDeployment('checkout', 'registry.shop.example/checkout:1.9.0'),
  aConfigMap('settings', { key: 'new' }),
]

describe('a reconcile that is killed and begun again', () => {
  const moments = Array.from({ length: 8 }, (_, index) => index + 1).flatMap((call) =>
    (['before', 'after'] as const).map((moment) => ({ call, moment })),
  )

  it.each(moments)('$moment write $call, ends as if nothing had happened', async ({ call, moment }) => {
    const kill = killAt(call, moment)
    const shop = await openShop(kill.wrap)
    shop.ledger.attest(first)
    await shop.until('healthy')
    kill.arm()
    const survive = async () => {
      kill.restart()
      shop.restart()
      try {
        await shop.reconcile()
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
    }
    shop.ledger.attest(second)
    await survive()
    shop.ledger.attest(third)
    await survive()
    kill.restart()
    shop.restart()
    kill.heal()
    expect(kill.wasReached()).toBe(true)
    await shop.until('healthy')
    const names = shop.running.emulator.list('ConfigMap', 'shop').map(({ metadata }) => metadata.name)
    expect(names).toEqual(['settings'])
    expect(shop.running.emulator.workloads()).toMatchObject([
      { name: 'checkout', version: '1.9.0', readyReplicas: 2 },
    ])
    expect(await shop.reconcile()).toMatchObject({ actions: 0, outcome: 'healthy' })
    await shop.stop()
  })
})

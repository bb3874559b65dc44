import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/ports/cluster.ts'
import { AdapterError } from '../../src/ports/adapter-error.ts'
import { aConfigMap, aDeployment, openShop, type Shop } from './reconcile-target-doubles.ts'

describe('a release that is not healthy says why', () => {
  let shop: Shop
  let finds: string[]
  let answer: Cluster['find'] | undefined

  beforeEach(async () => {
    finds = []
    answer = undefined
    shop = await openShop((cluster) => ({
      ...cluster,
      find(kind, query) {
        finds.push(kind.kind)
        return (answer ?? cluster.find)(kind, query)
      },
    }))
  })
  afterEach(() => shop.stop())

  const aWarning = (name: string, uid: string, message: string) =>
    shop.running.emulator.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'shop' },
      involvedObject: { kind: 'Pod', namespace: 'shop', uid },
      type: 'Warning',
      reason: 'BackOff',
      message,
      lastTimestamp: new Date(shop.running.clock.now()).toISOString(),
    })
  /** Looks every fifteen seconds. */
  const lookFor = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 15) {
      await shop.running.clock.advance(15_000)
      await shop.reconcile()
    }
    return (await shop.reconcile()).release
  }

  it('with what its pods and their events say, after a minute, and asks once a minute', async () => {
    shop.ledger.attest([
      aDeployment('checkout', 'registry.shop.example/checkout:1.8.0-broken'),
      aConfigMap('a'),
    ])
    await shop.reconcile()
    await lookFor(45)
    expect(finds).toEqual([])
    const [pod] = shop.running.emulator.list('Pod')
    for (const { metadata } of shop.running.emulator.list('Pod'))
      aWarning(metadata.name, metadata.uid!, 'Back-off restarting container, DB_PASSWORD=hunter2')
    const release = await lookFor(30)
    expect(finds).toEqual(['ReplicaSet', 'Pod', 'Event'])
    expect(release?.phase).toBe('progressing')
    expect(release?.reason).toContain(`Pod shop/${pod!.metadata.name.slice(0, 12)}`)
    expect(release?.reason).toContain('container app waits (CrashLoopBackOff)')
    expect(release?.reason).toContain('event BackOff: Back-off restarting container, DB_PASSWORD=(hidden)')
    await lookFor(30)
    expect(finds).toHaveLength(3)
    await lookFor(30)
    expect(finds).toHaveLength(6)
  })

  it('no longer once it is healthy', async () => {
    shop.ledger.attest([aDeployment('checkout', 'registry.shop.example/checkout:1.8.0-missing')])
    await shop.reconcile()
    expect((await lookFor(75))?.reason).toContain('ImagePullBackOff')
    shop.ledger.attest([aDeployment()])
    const release = await shop.until('healthy')
    expect(release).toMatchObject({ reason: '' })
    expect(release.cause).toBeUndefined()
  })

  it.each([
    ['may not be read', async () => 'denied' as const],
    [
      'cannot be read',
      async () => {
        throw new AdapterError({
          system: 'kubernetes',
          operation: 'find',
          target: 'dev',
          retryable: true,
          message: 'no',
        })
      },
    ],
  ])('as far as it is known where more %s', async (_, find) => {
    answer = find
    shop.ledger.attest([aDeployment('checkout', 'registry.shop.example/checkout:1.8.0-broken')])
    await shop.reconcile()
    const release = await lookFor(75)
    expect(release).toMatchObject({ phase: 'progressing', cause: { words: '' } })
    expect(release?.reason).toMatch(/^Deployment shop\/checkout: [^;]*$/)
  })
})

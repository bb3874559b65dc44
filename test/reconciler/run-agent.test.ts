import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Release } from '../../src/domain/release.ts'
import { createElsewhere } from '../../src/reconciler/elsewhere.ts'
import { runAgent } from '../../src/reconciler/run-agent.ts'
import { seededRandom } from '../emulator/cluster/start-cluster.ts'
import { aConfigMap, openShop, repository, type Shop, target } from '../journeys/reconcile-target-doubles.ts'

describe('agent', () => {
  let shop: Shop
  let reports: Release[]
  let stop: AbortController
  let ticking: NodeJS.Timeout

  beforeEach(async () => {
    shop = await openShop()
    reports = []
    stop = new AbortController()
    ticking = setInterval(() => void shop.running.clock.advance(100), 5)
  })
  afterEach(async () => {
    clearInterval(ticking)
    stop.abort()
    await shop.stop()
  })

  const elsewhere = createElsewhere()
  const start = (once = false) =>
    runAgent({
      elsewhere,
      ports: shop.ports,
      repository,
      environment: 'dev',
      cluster: shop.cluster,
      interval: 10_000,
      once,
      signal: stop.signal,
      onReport: (release) => reports.push(release),
    })
  const settings = { kind: 'ConfigMap', namespace: 'shop', name: 'settings' }
  const value = () => (shop.running.emulator.get(settings)?.['data'] as { key: string } | undefined)?.key

  it('applies its own path once and ends', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    shop.ledger.attest([aConfigMap('elsewhere')], { ...target, cluster: 'prod-eu' })
    await start(true)
    expect(value()).toBe('value')
    expect(shop.running.emulator.list('ConfigMap', 'shop').map(({ metadata }) => metadata.name)).toEqual([
      'settings',
    ])
    expect(reports.at(-1)).toMatchObject({ phase: 'healthy' })
  })

  // Thousands of agents that were begun at once do not ask at once.
  it.each([
    [0, 8_000],
    [0.5, 10_000],
    [1, 12_000],
  ])(
    'asks git again within a fifth of its interval, by the dice: %s → %s ms',
    async (number, milliseconds) => {
      const slept: number[] = []
      let now = 0
      const sleep = async (ms: number) => {
        slept.push(ms)
        now += ms
        if (slept.length === 3) stop.abort()
      }
      const ledger = { ...shop.ledger, read: async () => undefined }
      await runAgent({
        elsewhere,
        ports: { ...shop.ports, ledger, clock: { now: () => now, sleep } },
        repository,
        environment: 'dev',
        cluster: shop.cluster,
        interval: 10_000,
        once: false,
        signal: stop.signal,
        random: { ...seededRandom(), number: () => number },
      })
      expect(slept).toEqual([milliseconds, milliseconds, milliseconds])
    },
  )

  it('applies what git says later, and heals between its looks at git', async () => {
    const running = start()
    shop.ledger.attest([aConfigMap('settings')])
    await expect.poll(value, { timeout: 5000 }).toBe('value')
    await expect.poll(() => reports.at(-1)?.phase).toBe('healthy')
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } })
    await expect.poll(value, { timeout: 5000 }).toBe('value')
    stop.abort()
    await running
  })

  it('leaves alone what git pauses, as soon as git says so', async () => {
    shop.ledger.attest([aConfigMap('settings')])
    const running = start()
    await expect.poll(() => reports.at(-1)?.phase).toBe('healthy')
    const at = shop.running.clock.now()
    shop.ledger.pauses = [{ environment: 'dev', application: '*', reason: 'a migration', by: 'ada', at }]
    shop.ledger.attest([aConfigMap('elsewhere')], { ...target, cluster: 'prod-eu' })
    await shop.running.clock.advance(12_000)
    await expect.poll(() => reports.at(-1)?.pause).toMatchObject({ by: 'ada' })
    shop.running.emulator.edit(settings, { data: { key: 'theirs' } })
    await expect.poll(() => reports.at(-1)?.drift).toMatchObject({ healed: false })
    expect(value()).toBe('theirs')
    stop.abort()
    await running
  })

  it('waits for what is on another cluster, until the app says that it is healthy with its newest release', async () => {
    const dns = { application: 'dns', environment: 'shared', cluster: 'hub' }
    shop.ledger.attest([aConfigMap('zones')], dns)
    shop.ledger.attest([aConfigMap('settings')], target, { dependsOn: [dns] })
    const { attestations } = (await shop.ledger.read(repository, 'shared'))!
    const { digest } = attestations.find((one) => one.target.application === 'dns')!
    const running = start()
    await expect.poll(() => reports.at(-1)?.reason).toContain('nothing is known of it yet')
    elsewhere.hear([{ target: dns, digest: 'older', phase: 'healthy' }])
    await expect.poll(() => reports.at(-1)?.reason).toContain('its newest release is not applied yet')
    elsewhere.hear([{ target: dns, digest, phase: 'progressing' }])
    await expect.poll(() => reports.at(-1)?.reason, { timeout: 5000 }).toContain('is progressing')
    expect(value()).toBeUndefined()
    elsewhere.hear([{ target: dns, digest, phase: 'healthy' }])
    await expect.poll(value).toBe('value')
    stop.abort()
    await running
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programs } from '../programs.ts'
import { createLog } from '../../src/adapters/log/pino-log.ts'
import { systemRandom } from '../../src/adapters/system/system-random.ts'
import type { Release } from '../../src/domain/release.ts'
import { composeDrawbridge, type Drawbridge } from '../../src/main/compose.ts'
import { readShop } from '../../src/main/demo/open-demo.ts'
import { aShop, hour, minute, newTag, storyTimeoutMs, type World } from '../journeys/world.ts'
import { anAgentKey, startAgent, type StartedAgent } from './start-agent.ts'

/** Lets the world's time run on its own: agents are processes that a jump would take from their leases. */
async function until<T>(look: () => T | Promise<T>, wanted: T): Promise<void> {
  await expect.poll(look, { timeout: 120_000, interval: 100 }).toEqual(wanted)
}

/** Emulated seconds in one of the machine's: a lease then lasts for two seconds of it. */
const rate = 10

const regions = ['prod-eu', 'prod-us'] as const

describe('production served by an agent in each region', { timeout: storyTimeoutMs }, () => {
  let world: World
  let app: Drawbridge
  const agents: StartedAgent[] = []

  beforeAll(async () => {
    const keys = { 'prod-eu': anAgentKey(), 'prod-us': anAgentKey() }
    const files = await readShop()
    files['.drawbridge.yaml'] += `
clusters:
  dev: {}
  staging: {}
  prod-eu: { environment: prod, region: eu, agent: ["${keys['prod-eu'].line}"] }
  prod-us: { environment: prod, region: us, agent: ["${keys['prod-us'].line}"] }
`
    world = await aShop({ files, rate }, async (demo, folder) => {
      for (const cluster of regions)
        agents.push(await startAgent(demo, { cluster, key: keys[cluster].key, folder, rate }))
    })
    app = world.demo.drawbridge
  }, storyTimeoutMs)
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.stop()))
    await world?.close()
  }, storyTimeoutMs)

  const releases = async (): Promise<Release[]> => {
    const all = await app.ports.store.releases.list(world.ref)
    return all.map(({ release }) => release).filter(({ target }) => target.environment === 'prod')
  }
  const phases = async (application: string) =>
    Object.fromEntries(
      (await releases())
        .filter(({ target }) => target.application === application)
        .map(({ target, phase }) => [target.cluster, phase]),
    )
  /** What was written of the shop to a region's cluster: leases and inventories lie elsewhere. */
  const writes = (region: (typeof regions)[number]) =>
    (world.demo.shop.clusters.get(region)?.requests ?? []).filter(
      ({ verb, path }) => !['get', 'list', 'watch'].includes(verb) && path.includes('/namespaces/shop/'),
    ).length
  const replicas = (region: (typeof regions)[number]) => {
    const id = { kind: 'Deployment', namespace: 'shop', name: 'checkout' }
    const found = world.demo.shop.clusters.get(region)?.get(id)
    return (found?.['spec'] as { replicas?: number } | undefined)?.replicas
  }

  it('is rolled out wave by wave, and the board shows it as if the app had been there', async () => {
    const pull = await world.openPull('ada', 'checkout 1.8.1', newTag('checkout', 'prod', '1.8.1'))
    await until(() => world.gate(pull), 'action_required')
    world.approve('grace', pull)
    await until(() => world.gate(pull), 'success')
    await world.merge('ada', pull)
    await until(() => regions.filter((region) => world.runs(region, 'checkout', '1.8.1')), [...regions])
    await until(() => world.comment(pull).includes('Rolled out and healthy'), true)
    expect(world.comment(pull)).toContain('prod-us')
    expect(await phases('checkout')).toEqual({ 'prod-eu': 'healthy', 'prod-us': 'healthy' })
    const { deployments } = world.demo.shop.repository
    const shown = () =>
      deployments
        .filter(({ sha }) => sha === pull.merged?.sha)
        .map(({ environment, isProduction, statuses }) => [environment, isProduction, statuses.at(-1)?.state])
    await until(shown, [['prod', true, 'success']])
    const states = await app.ports.store.agents.list(world.ref)
    expect(states.map(({ place }) => place.cluster)).toEqual([...regions])
  })

  it('goes on without the app: drift is healed for a day', async () => {
    await app.stop()
    const wanted = replicas('prod-eu')
    for (const wait of [minute, 23 * hour]) {
      world.demo.clock.jumpTo(world.now() + wait)
      for (const region of regions) {
        const cluster = world.demo.shop.clusters.get(region)
        cluster?.edit({ kind: 'Deployment', namespace: 'shop', name: 'checkout' }, { spec: { replicas: 9 } })
        await until(() => replicas(region), wanted)
      }
    }
    expect(wanted).not.toBe(9)
  })

  it('is seen again when the app is back, and nothing is applied twice', async () => {
    const before = regions.map(writes)
    const { settings, clock } = world.demo
    app = await composeDrawbridge(settings, {
      clock,
      random: systemRandom,
      children: programs,
      fetch,
      log: createLog({ level: 'silent', clock }),
    })
    await app.start()
    try {
      const heard = async () =>
        (await app.ports.store.agents.list(world.ref)).every(
          ({ heardAt }) => clock.now() - heardAt < 2 * minute,
        )
      await until(heard, true)
      await until(() => phases('checkout'), { 'prod-eu': 'healthy', 'prod-us': 'healthy' })
      const drifted = (await releases()).filter(({ drift }) => drift?.object === 'Deployment shop/checkout')
      expect(drifted.map(({ drift }) => drift?.healed)).toEqual([true, true])
      expect(regions.map(writes)).toEqual(before)
    } finally {
      await app.stop()
    }
  })
})

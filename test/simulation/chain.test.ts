import { expect, it } from 'vitest'
import { anAccount } from './fake-github.ts'
import { attestedIn, configurationOf, minute, openShop, ownPulls } from './open-shop.ts'

const automatic = (from: string) => `promotion: { from: ${from}, automatic: true, merge: rule }`

/** dev → eu, in two waves, and us; eu → asia; us → africa; one of the last two → world */
const graph = `  dev: { clusters: [dev], protected: false }
  eu: { waves: [[eu-1], [eu-2]], ${automatic('dev')} }
  us: { clusters: [us], ${automatic('dev')} }
  asia: { clusters: [asia], ${automatic('eu')} }
  africa: { clusters: [africa], ${automatic('us')} }
  world: { clusters: [world], ${automatic('{ any: [asia, africa] }')} }`
const names = ['dev', 'eu', 'us', 'asia', 'africa', 'world']

function versions(different: Record<string, string> = {}): Record<string, string> {
  return { ...Object.fromEntries(names.map((name) => [name, '1.0.0'])), ...different }
}

it('a wave that fails stops what follows in its environment and what is only behind it, and nothing else', async () => {
  const shop = openShop({
    graph,
    versions: versions(),
    isFailing: ({ cluster }, world) => cluster === 'eu-1' && attestedIn(world, 'eu')['eu-1'] === '1.1.0',
  })
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(2 * minute)
  const runs = Object.assign({}, ...names.map((name) => attestedIn(shop.world, name)))
  expect(runs).toEqual({
    dev: '1.1.0',
    'eu-1': '1.1.0',
    'eu-2': '1.0.0',
    us: '1.1.0',
    asia: '1.0.0',
    africa: '1.1.0',
    world: '1.1.0',
  })
})

it('what an environment has already does not keep those behind it from getting it', async () => {
  const shop = openShop({ graph, versions: versions({ us: '1.1.0', eu: '1.1.0', africa: '1.1.0' }) })
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(2 * minute)
  const runs = Object.assign({}, ...names.map((name) => attestedIn(shop.world, name)))
  expect(new Set(Object.values(runs))).toEqual(new Set(['1.1.0']))
})

it('taking an environment out that others wait for is said on the pull request that does it', async () => {
  const shop = openShop({ graph, versions: versions() })
  const { github } = shop.world
  await shop.begin()
  const without = graph.split('\n').filter((line) => !line.startsWith('  us:'))
  const head = shop.push({ '.drawbridge.yaml': configurationOf(without.join('\n')) }, 'fewer')
  github.openPull(anAccount('ada'), 'fewer', 'Leave the US')
  await shop.pass(minute)
  const gate = github.runs.get(head)?.find(({ name }) => name === 'drawbridge/configuration')
  expect(gate?.conclusion).toBe('failure')
  expect(gate?.summary).toContain('environments.africa.promotion.from: there is no environment "us"')
})

it('a promotion to an environment that is gone is closed, and says why', async () => {
  const dev = '  dev: { clusters: [dev], protected: false }'
  const us = '  us: { clusters: [us], promotion: { from: dev, automatic: true } }'
  const shop = openShop({ graph: `${dev}\n${us}`, versions: { dev: '1.0.0', us: '1.0.0' } })
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  const [promotion] = ownPulls(shop.world)
  expect(promotion?.state).toBe('open')
  shop.push({ '.drawbridge.yaml': configurationOf(dev) })
  await shop.pass(minute)
  const { pulls } = shop.world.github
  expect(ownPulls(shop.world)).toMatchObject([{ state: 'closed' }])
  expect(
    pulls
      .get(promotion?.ref.number ?? 0)
      ?.comments.map(({ body }) => body)
      .join(),
  ).toContain('there is no environment us any more')
})

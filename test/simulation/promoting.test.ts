import { expect, it } from 'vitest'
import { anAccount } from './fake-github.ts'
import { attestedIn, configurationOf, minute, openShop, ownPulls, pathIn } from './open-shop.ts'
import { manifest } from './shop-files.ts'
import type { SimulatedWorld } from './simulated-world.ts'

const dev = '  dev: { clusters: [dev], protected: false }'
const staging = (promotion: string) => `${dev}\n  staging: { clusters: [staging], promotion: ${promotion} }`
const byPeople = (more = '') => staging(`{ from: dev, automatic: true, merge: people${more} }`)

function aShop(graph: string) {
  return openShop({ graph, versions: { dev: '1.0.0', staging: '1.0.0' } })
}

/** Number, state and title of each of our pull requests. */
function promotions(world: SimulatedWorld): string[] {
  return ownPulls(world).map(({ state, title }) => `${state}: ${title}`)
}

function commentsOn({ github }: SimulatedWorld, number: number): string {
  const comments = github.pulls.get(number)?.comments ?? []
  return comments.map(({ body }) => body).join('\n')
}

/**
 * | the environment                  | a release is proposed |
 * | -------------------------------- | --------------------- |
 * | asks for it                      | yes                   |
 * | asks for nothing, or for nothing by itself | no          |
 * | is frozen by a rule              | not meanwhile         |
 */
it.each([
  ['asks for it', byPeople(), 1],
  ['is promoted to by people alone', staging('{ from: dev, merge: people }'), 0],
  [
    'is frozen',
    `${byPeople()}\nfreezes:\n  - { environments: [staging], reason: fair, until: "2036-01-01T00:00:00Z" }`,
    0,
  ],
])('where an environment %s', async (_, graph, count) => {
  const shop = aShop(graph)
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(2 * minute)
  expect(promotions(shop.world)).toHaveLength(count)
})

it('what a person asked for stays as it was asked for, and what nobody did is brought up to date', async () => {
  const asked = aShop(byPeople(', soak: 2m'))
  const { github } = asked.world
  await asked.begin()
  asked.release('1.1.0')
  await asked.pass(minute)
  asked.push({ notes: 'x' }, 'notes')
  github.comment(
    anAccount('radia'),
    github.openPull(anAccount('ada'), 'notes', 'Notes'),
    '/promote staging checkout',
  )
  await asked.pass(minute)
  expect(promotions(asked.world)).toEqual(['open: Promote checkout 1.1.0 to staging'])
  asked.release('1.2.0')
  await asked.pass(6 * minute)
  expect(promotions(asked.world)).toEqual(['open: Promote checkout 1.1.0 to staging'])

  const byRule = aShop(byPeople(', soak: 2m'))
  await byRule.begin()
  for (const version of ['1.1.0', '1.2.0']) {
    byRule.release(version)
    await byRule.pass(6 * minute)
  }
  expect(promotions(byRule.world)).toEqual(['open: Promote checkout 1.2.0 to staging'])
})

it("with somebody else's commit is theirs: neither brought up to date nor closed", async () => {
  const shop = aShop(byPeople())
  const { git, github, now } = shop.world
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  const [promotion] = ownPulls(shop.world)
  const head = promotion?.headSha ?? ''
  const commit = git.writeCommit({
    tree: git.writeTree(head, { notes: 'mine' }),
    parents: [head],
    message: 'mine',
    author: { name: 'ada', email: 'ada@shop.example' },
    at: now(),
  })
  github.push(anAccount('ada'), promotion?.headBranch ?? '', commit, false)
  shop.release('1.2.0')
  await shop.pass(2 * minute)
  shop.push({ [pathIn('staging')]: manifest('checkout', '1.2.0') })
  await shop.pass(2 * minute)
  expect(ownPulls(shop.world)[0]).toMatchObject({ state: 'open', headSha: commit })
})

it('stays open while a person holds the application, and is closed where people brought the same, with a link to how', async () => {
  const shop = aShop(byPeople())
  const { github } = shop.world
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  await shop.command('/hold checkout staging because of the fair')
  await shop.pass(2 * minute)
  expect(promotions(shop.world)).toEqual(['open: Promote checkout 1.1.0 to staging'])
  shop.push({ [pathIn('staging')]: manifest('checkout', '1.1.0') }, 'by-hand')
  const byHand = github.openPull(anAccount('ada'), 'by-hand', 'By hand')
  github.merge(anAccount('ada'), byHand)
  shop.push({ notes: 'nothing of it' }, 'other')
  github.merge(anAccount('ada'), github.openPull(anAccount('ada'), 'other', 'Notes'))
  await shop.pass(2 * minute)
  const [promotion] = ownPulls(shop.world)
  expect(promotion?.state).toBe('closed')
  expect(commentsOn(shop.world, promotion?.ref.number ?? 0)).toContain(`#${byHand}`)
})

it('that we closed ourselves is opened again where it has something to carry again', async () => {
  const shop = aShop(byPeople())
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  const withEnvironments = (graph: string) => shop.push({ '.drawbridge.yaml': configurationOf(graph) })
  withEnvironments(`${dev}\n  staging: { clusters: [staging] }`)
  await shop.pass(minute)
  const [closed] = ownPulls(shop.world)
  expect(closed?.state).toBe('closed')
  expect(commentsOn(shop.world, closed?.ref.number ?? 0)).toContain('nothing is promoted to staging any more')
  withEnvironments(byPeople())
  await shop.pass(minute)
  expect(promotions(shop.world)).toContain('open: Promote checkout 1.1.0 to staging')
})

it('that a person closed is not', async () => {
  const shop = aShop(byPeople())
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  shop.world.github.setOpen(ownPulls(shop.world)[0]?.ref.number ?? 0, false)
  await shop.pass(2 * minute)
  expect(promotions(shop.world)).toEqual(['closed: Promote checkout 1.1.0 to staging'])
})

it('nothing is promoted from an environment whose rendered branch somebody else wrote', async () => {
  const shop = aShop(byPeople(', soak: 5m'))
  const { git, github, now } = shop.world
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  const branch = 'drawbridge/rendered/dev'
  const tip = git.branches.get(branch) ?? ''
  const { tree } = git.commit(tip)
  const author = { name: 'ada', email: 'ada@shop.example' }
  const commit = git.writeCommit({
    tree,
    parents: [tip],
    message: git.commit(tip).message,
    author,
    at: now(),
  })
  github.push(anAccount('ada'), branch, commit, false)
  await shop.pass(10 * minute)
  expect(promotions(shop.world)).toEqual([])
})

// by rule                              | by a person
// every release in its turn            | the newest
// once all environments before have it | what one of them has
it('a person is not bound by the order of releases, nor by what all environments before it have', async () => {
  const shop = openShop({
    graph: `${dev}
  test: { clusters: [test] }
  staging: { clusters: [staging], promotion: { from: { all: [dev, test] }, soak: 1h, automatic: true, batch: every, merge: people } }`,
    versions: { dev: '1.0.0', test: '1.0.0', staging: '1.0.0' },
  })
  const { github } = shop.world
  await shop.begin()
  for (const version of ['1.1.0', '1.2.0']) {
    shop.release(version)
    await shop.pass(2 * minute)
  }
  expect(promotions(shop.world)).toEqual([])
  shop.push({ notes: 'x' }, 'notes')
  const number = github.openPull(anAccount('ada'), 'notes', 'Notes')
  github.comment(anAccount('radia'), number, '/promote staging checkout')
  await shop.pass(minute)
  expect(promotions(shop.world)).toEqual(['open: Promote checkout 1.2.0 to staging'])
})

it('what a person takes back is pinned when that is merged, and not promoted again', async () => {
  const shop = aShop(byPeople())
  const { git, github } = shop.world
  await shop.begin()
  shop.release('1.1.0')
  await shop.pass(minute)
  const promotion = ownPulls(shop.world)[0]?.ref.number ?? 0
  github.merge(anAccount('ada'), promotion)
  await shop.pass(minute)
  expect(attestedIn(shop.world, 'staging')).toEqual({ staging: '1.1.0' })
  await shop.command('/revert checkout staging')
  const revert = ownPulls(shop.world).find(({ title }) => title.startsWith('Revert'))
  github.merge(anAccount('ada'), revert?.ref.number ?? 0)
  await shop.pass(2 * minute)
  expect(attestedIn(shop.world, 'staging')).toEqual({ staging: '1.0.0' })
  const controls = git.texts(git.branches.get('drawbridge/rendered/staging') ?? '').get('controls.json')
  const { pins } = JSON.parse(controls ?? '{}') as { pins: unknown[] }
  expect(pins).toMatchObject([
    {
      application: 'checkout',
      environment: 'staging',
      images: { 'registry.shop.example/checkout': '1.1.0' },
    },
  ])
  expect(promotions(shop.world).filter((title) => title.startsWith('open'))).toEqual([])
})

it('what reached the branch past its gate is not released with what came after it, then or later', async () => {
  const search = (environment: string) => `apps/search/${environment}/deployment.yaml`
  const began = manifest('search', '1.0.0')
  const shop = openShop({
    graph: byPeople(),
    versions: { dev: '1.0.0', staging: '1.0.0' },
    more: { [search('dev')]: began, [search('staging')]: began },
  })
  const { git, github } = shop.world
  await shop.begin()
  const rendered = () => {
    const texts = git.texts(git.branches.get('drawbridge/rendered/staging') ?? '')
    return [...texts.values()].flatMap((text) => text.match(/replicas: \d+|(checkout|search):\S+$/gm) ?? [])
  }
  const promotionOf = async (title: string, file: string, text: string) => {
    shop.push({ [file]: text })
    await shop.pass(2 * minute)
    return ownPulls(shop.world).find((pull) => pull.title.includes(title))?.ref.number ?? 0
  }
  const ofSearch = await promotionOf('search 1.1.0', search('dev'), manifest('search', '1.1.0'))
  shop.push({ [pathIn('staging')]: manifest('checkout', '1.0.0', 7) })
  github.merge(anAccount('ada'), ofSearch)
  await shop.pass(2 * minute)
  const released = ['replicas: 2', 'checkout:1.0.0', 'replicas: 2', 'search:1.1.0']
  expect(rendered()).toEqual(released)
  const ofCheckout = await promotionOf('checkout 1.1.0', pathIn('dev'), manifest('checkout', '1.1.0'))
  github.merge(anAccount('ada'), ofCheckout)
  await shop.pass(2 * minute)
  expect(rendered()).toEqual(released)
})

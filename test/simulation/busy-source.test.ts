import { describe, expect, it } from 'vitest'
import { parseProposal } from '../../src/features/promotion/proposal-trailers.ts'
import { anAccount } from './fake-github.ts'
import { attestedIn, minute, openShop, ownPulls, pathIn } from './open-shop.ts'
import type { SimulatedWorld } from './simulated-world.ts'

/** What runs in dev goes to staging by that rule; which versions were in staging, and how many promotions were open at once. */
function openBusyShop(promotion: string) {
  const seen = { versions: ['1.0.0'], mostOpen: 0 }
  const shop = openShop({
    graph: `  dev: { clusters: [dev], protected: false }
  staging:
    clusters: [staging]
    promotion: ${promotion}`,
    versions: { dev: '1.0.0', staging: '1.0.0' },
    onLook(world) {
      const version = attestedIn(world, 'staging')['staging']
      if (version !== undefined && seen.versions.at(-1) !== version) seen.versions.push(version)
      const open = ownPulls(world).filter(({ state }) => state === 'open')
      seen.mostOpen = Math.max(seen.mostOpen, open.length)
    },
  })

  /** 1.1.0, 1.2.0 and so on, three a minute. */
  async function releaseAll(count: number): Promise<void> {
    for (let index = 1; index <= count; index += 1) {
      shop.release(`1.${index}.0`)
      await shop.pass(20_000)
    }
  }

  return { ...shop, seen, releaseAll }
}

function inOrder(versions: readonly string[]): boolean {
  const minors = versions.map((version) => Number(version.split('.')[1]))
  return minors.every((minor, index) => index === 0 || minor > (minors[index - 1] ?? 0))
}

it.each([10, 60])(
  'thirty merges within ten minutes are promoted along the way, in order (soak of %s minutes)',
  async (soak) => {
    const shop = openBusyShop(`{ from: dev, soak: ${soak}m, automatic: true, merge: rule }`)
    await shop.begin()
    await shop.releaseAll(30)
    expect(shop.seen.versions).toEqual(['1.0.0'])
    await shop.pass((soak - 9) * minute)
    const { versions, mostOpen } = shop.seen
    expect([versions.length > 2, versions.at(-1) === '1.30.0', inOrder(versions)]).toEqual([
      true,
      false,
      true,
    ])
    expect(mostOpen).toBe(1)
  },
  60_000,
)

it('what nobody merges is brought up to date: one pull request, which carries what has soaked', async () => {
  const shop = openBusyShop('{ from: dev, soak: 5m, automatic: true, merge: people }')
  await shop.begin()
  await shop.releaseAll(20)
  const soaked = offered(shop.world)
  expect(soaked.version).toBeGreaterThan(1)
  expect(soaked.version).toBeLessThan(7)
  expect(soaked).toMatchObject({
    conclusion: 'success',
    proposal: { carries: [{ application: 'checkout', environment: 'dev' }] },
  })
  await shop.pass(6 * minute)
  expect(offered(shop.world)).toMatchObject({ version: 20, conclusion: 'success' })
  expect(ownPulls(shop.world)).toHaveLength(1)
}, 60_000)

describe('every release in its turn', () => {
  it('is promoted by rule: all of them, in order, one after the other', async () => {
    const shop = openBusyShop('{ from: dev, soak: 1m, automatic: true, merge: rule, batch: every }')
    await shop.begin()
    await shop.releaseAll(5)
    await shop.pass(3 * minute)
    expect(shop.seen).toEqual({
      versions: ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0'],
      mostOpen: 1,
    })
  })

  it('waits for people, who merge or refuse each: the next comes after either', async () => {
    const shop = openBusyShop('{ from: dev, soak: 1m, automatic: true, merge: people, batch: every }')
    const { github } = shop.world
    await shop.begin()
    await shop.releaseAll(4)
    await shop.pass(2 * minute)
    expect(offered(shop.world)).toMatchObject({ version: 1, conclusion: 'success' })
    github.merge(anAccount('margaret'), github.openPulls()[0]?.ref.number ?? 0)
    await shop.pass(minute)
    expect(offered(shop.world)).toMatchObject({ version: 2, conclusion: 'success' })
    github.setOpen(github.openPulls()[0]?.ref.number ?? 0, false)
    shop.release('1.5.0')
    await shop.pass(3 * minute)
    expect(offered(shop.world)).toMatchObject({ version: 3, conclusion: 'success' })
    github.setOpen(github.openPulls()[0]?.ref.number ?? 0, false)
    await shop.pass(3 * minute)
    expect(offered(shop.world)).toMatchObject({ version: 4, conclusion: 'success' })
    expect(shop.seen).toEqual({ versions: ['1.0.0', '1.1.0'], mostOpen: 1 })
  })
})

it('what is to be quiet waits for a pause', async () => {
  const shop = openBusyShop('{ from: dev, soak: 2m, automatic: true, merge: rule, batch: quiet }')
  await shop.begin()
  await shop.releaseAll(12)
  await shop.pass(minute)
  expect(shop.seen.versions).toEqual(['1.0.0'])
  await shop.pass(2 * minute)
  expect(shop.seen.versions).toEqual(['1.0.0', '1.12.0'])
})

it('what a person takes back to an older version stays there until a person lifts it', async () => {
  const shop = openBusyShop('{ from: dev, soak: 1m, automatic: true, merge: rule }')
  await shop.begin()
  const older = shop.release('1.1.0')
  await shop.pass(minute)
  shop.release('1.2.0')
  await shop.pass(3 * minute)
  expect(shop.seen.versions).toEqual(['1.0.0', '1.1.0', '1.2.0'])
  const answer = await shop.command(`/promote staging checkout --to ${older.slice(0, 12)}`)
  expect(answer).toContain('1.2.0 → 1.1.0')
  expect(answer).toContain('until /unhold checkout staging')
  await shop.pass(minute)
  shop.release('1.3.0')
  await shop.pass(10 * minute)
  expect(shop.seen.versions).toEqual(['1.0.0', '1.1.0', '1.2.0', '1.1.0'])
  expect(ownPulls(shop.world).filter(({ state }) => state === 'open')).toEqual([])
  expect(await shop.command('/promote staging checkout --dry-run')).toContain('is held in staging by radia')
  await shop.command('/unhold checkout staging')
  await shop.pass(minute)
  expect(shop.seen.versions.at(-1)).toBe('1.3.0')
  expect(shop.seen.mostOpen).toBe(1)
}, 60_000)

/** What our open pull request has, and whether it may be merged. */
function offered({ git, github }: SimulatedWorld) {
  const number = github.openPulls()[0]?.ref.number ?? 0
  const { headSha } = github.pull(number)
  const text = git.texts(headSha).get(pathIn('staging')) ?? ''
  return {
    version: Number(/checkout:1\.(\d+)\.0/.exec(text)?.[1]),
    proposal: parseProposal(git.commit(headSha).message),
    conclusion: github.runs.get(headSha)?.find(({ name }) => name === 'drawbridge')?.conclusion,
  }
}

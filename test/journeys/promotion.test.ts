import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aShop, hour, minute, newTag, type World, storyTimeoutMs } from './world.ts'

describe('promotion', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  /** A new version that is healthy in dev. */
  async function released(application: string, tag: string) {
    const pull = await world.openPull('ada', `${application} ${tag}`, newTag(application, 'dev', tag))
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    await world.merge('ada', pull)
    await world.eventually(`${tag} in dev`, () => world.runs('dev', application, tag))
    await world.eventually('healthy', async () =>
      (await world.releases(application, 'dev')).every(({ phase }) => phase === 'healthy'),
    )
    return pull
  }

  it('waits for the soak, and then opens and merges by rule', async () => {
    const change = await released('checkout', '1.9.0')
    await world.pass(15 * minute)
    expect(world.openedPull('drawbridge/promote/')).toBeUndefined()
    expect(world.comment(change)).toContain('dev')
    await world.pass(6 * minute)
    await world.eventually('1.9.0 in staging', () => world.runs('staging', 'checkout', '1.9.0'))
    const [promotion, ...others] = world.stage.openedPulls('drawbridge/')
    expect(others).toEqual([])
    expect(promotion).toMatchObject({
      headBranch: 'drawbridge/promote/staging/checkout',
      merged: { by: { login: 'drawbridge[bot]' } },
    })
  })

  it('by command carries the tag and nothing else, and waits for people', async () => {
    const { repository } = world.demo.shop
    const change = repository.pulls.get(1)
    if (!change) throw new Error('the first pull request is gone')
    await world.pass(hour)
    expect(await world.command('radia', change, '/promote prod checkout')).toContain('1.8.0 → 1.9.0')
    const promotion = await world.eventually('the promotion', () =>
      world.openedPull('drawbridge/promote/prod/checkout'),
    )
    expect(await world.stage.diffOf(promotion.number)).toHaveLength(2)
    await world.eventually('the review', () => world.gate(promotion) === 'action_required')
    await world.command('radia', change, '/promote prod checkout')
    await world.quiet()
    expect(world.stage.openedPulls('drawbridge/promote/prod/checkout')).toHaveLength(1)
  })

  it('that a person closed is refused: it does not come back', async () => {
    const change = await released('catalog', '2.31.0')
    await world.command('radia', change, '/lock staging stocktaking')
    await world.pass(25 * minute)
    const promotion = await world.eventually('the promotion', () =>
      world.openedPull('drawbridge/promote/staging/catalog'),
    )
    await world.demo.shop.github.as('margaret').closePull(promotion)
    await world.command('radia', change, '/unlock staging')
    await world.pass(2 * hour)
    expect(promotion.state).toBe('closed')
    expect(world.stage.openedPulls('drawbridge/promote/staging/catalog')).toHaveLength(1)
    expect(world.runs('staging', 'catalog', '2.31.0')).toBe(false)
  })

  it("with somebody else's commit is an ordinary pull request, which people merge", async () => {
    const change = await released('payments', '3.5.0')
    await world.command('radia', change, '/lock staging stocktaking')
    await world.pass(25 * minute)
    const promotion = await world.eventually('the promotion', () =>
      world.openedPull('drawbridge/promote/staging/payments'),
    )
    const { github, repository } = world.demo.shop
    await github
      .as('ada')
      .push(repository, promotion.headBranch, { 'README.md': 'Mine now.\n' }, 'one thing more')
    await world.command('radia', change, '/unlock staging')
    await world.eventually('its gates are open', () => world.gate(promotion) === 'success')
    await world.pass(10 * minute)
    expect(promotion.merged).toBeUndefined()
    expect(world.comment(promotion)).not.toContain('opened by Drawbridge')
    await released('payments', '3.6.0')
    await world.pass(25 * minute)
    expect(promotion.title).toContain('3.5.0')
  })

  it('is closed where people have brought the same, with a link to how; what they take away stays away', async () => {
    const before = '4.12.0'
    const change = await released('storefront', '7.7.0')
    await world.command('radia', change, '/lock staging stocktaking')
    await world.pass(25 * minute)
    const promotion = await world.eventually('the promotion', () =>
      world.openedPull('drawbridge/promote/staging/storefront'),
    )
    const own = await byHand('7.7.0')
    await world.eventually('it is closed', () => promotion.state === 'closed')
    expect(promotion.comments.map(({ body }) => body).join()).toContain(`#${own.number}`)
    await byHand(before)
    await world.command('radia', change, '/unlock staging')
    await world.pass(45 * minute)
    expect(world.runs('staging', 'storefront', before)).toBe(true)
    expect(world.stage.openedPulls('drawbridge/promote/staging/storefront')).toHaveLength(1)

    async function byHand(tag: string) {
      const pull = await world.openPull('radia', `storefront ${tag}`, newTag('storefront', 'staging', tag))
      await world.eventually('a green gate', () => world.gate(pull) === 'success')
      await world.merge('radia', pull)
      await world.eventually(`${tag} in staging`, () => world.runs('staging', 'storefront', tag))
      return pull
    }
  })
})

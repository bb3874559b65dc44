import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aShop, minute, newTag, type World, storyTimeoutMs } from './world.ts'

describe('what nobody told Drawbridge', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  it('a pull request whose webhook was lost is found', async () => {
    const { chaos } = world.demo.shop.github
    chaos.webhook('*', { kind: 'lose', times: 1_000 })
    const pull = await world.openPull('ada', 'Catalog 2.31.0', newTag('catalog', 'prod', '2.31.0'))
    await world.quiet()
    expect(world.comment(pull)).toBe('')
    await world.pass(4 * minute)
    await world.eventually('the review', () => world.gate(pull) === 'action_required')
    world.approve('margaret', pull)
    await world.pass(4 * minute)
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    await world.merge('ada', pull)
    await world.pass(4 * minute)
    await world.eventually('2.31.0 in production', () => world.runs('prod-eu', 'catalog', '2.31.0'))
    chaos.reset()
  })

  it('a live edit is healed and reported with who did it', async () => {
    world.stage.edit('staging', 'storefront', { spec: { replicas: 7 } })
    await world.eventually('healed', () => world.stage.replicas('staging', 'storefront') !== 7)
    const release = await world.eventually('the report', async () =>
      (await world.releases('storefront', 'staging')).find(({ drift }) => drift?.healed),
    )
    expect(release.drift).toMatchObject({ manager: 'kubectl-edit', object: 'Deployment shop/storefront' })
  })

  it('a push past the gates is reported and not applied', async () => {
    const sha = await world.stage.push('ken', 'payments by hand', newTag('payments', 'prod', '3.5.0-rc1'))
    const check = await world.eventually('the refusal', () =>
      world.stage.commitCheck(sha, 'drawbridge/release'),
    )
    expect(check).toMatchObject({ conclusion: 'failure' })
    const revert = await world.eventually('the offer to take it back', () =>
      world.openedPull('drawbridge/revert-unapproved/'),
    )
    await world.pass(10 * minute)
    expect(revert.merged).toBeUndefined()
    expect(world.runs('prod-eu', 'payments', '3.4.7')).toBe(true)
    expect(world.runs('prod-us', 'payments', '3.4.7')).toBe(true)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aShop, minute, newTag, type World, storyTimeoutMs } from './world.ts'

const mergeRoute = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge'

describe('merging by rule', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  /** The promotion to staging of a new version, opened once it has soaked in dev. */
  async function promoted(application: string, tag: string) {
    const pull = await world.openPull('ada', `${application} ${tag}`, newTag(application, 'dev', tag))
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    await world.merge('ada', pull)
    await world.eventually(`${tag} in dev`, () => world.runs('dev', application, tag))
    await world.quiet()
    return async () => {
      await world.pass(21 * minute)
      return world.eventually('the promotion', () =>
        world.openedPull(`drawbridge/promote/staging/${application}`),
      )
    }
  }

  it('uses a method that the repository allows', async () => {
    const { repository } = world.demo.shop
    const soaked = await promoted('checkout', '1.9.0')
    repository.mergeMethods.squash = false
    const promotion = await soaked()
    await world.eventually('merged', () => promotion.merged)
    expect(promotion.merged).toMatchObject({ method: 'merge', by: { login: 'drawbridge[bot]' } })
    repository.mergeMethods.squash = true
  })

  it('goes through the merge queue where the branch has one', async () => {
    const { repository, github } = world.demo.shop
    const protection = repository.protections.get('main')
    if (!protection) throw new Error('main is not protected')
    const soaked = await promoted('catalog', '2.31.0')
    protection.mergeQueue = true
    const before = github.requests.length
    const promotion = await soaked()
    await world.eventually('merged', () => promotion.merged)
    delete protection.mergeQueue
    expect(github.requests.slice(before).filter(({ path }) => path.endsWith('/merge'))).toEqual([])
  })

  it('says once what keeps it from merging, and does not ask GitHub again and again', async () => {
    const { github } = world.demo.shop
    const soaked = await promoted('checkout', '1.10.0')
    github.chaos.fail(mergeRoute, {
      status: 405,
      message: 'At least 1 approving review is required.',
      times: 100,
    })
    const promotion = await soaked()
    const about = () =>
      promotion.comments.filter(({ body }) => body.includes('REVIEWS_MISSING')).map(({ body }) => body)
    await world.eventually('it is said', () => about().length > 0)
    await world.pass(30 * minute)
    expect(about()).toHaveLength(1)
    expect(about()[0]).toContain('give it')
    expect(
      github.requests.filter(({ path, status }) => path.endsWith('/merge') && status === 405),
    ).toHaveLength(1)
  })
})

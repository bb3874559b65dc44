import { describe, expect, it } from 'vitest'
import { createRepositories } from '../../src/main/repositories.ts'
import type { Git, GitLocation, GitRepository } from '../../src/ports/git.ts'
import { shop } from '../builders.ts'

/** GitHub knows `listed`; opened mirrors are told by their location. */
function arrange(
  listed = [{ ...shop, defaultBranch: 'main', gitUrl: 'https://github.example/shop/config.git' }],
) {
  const opened: GitLocation[] = []
  let looks = 0
  const git: Git = {
    async open(location) {
      opened.push(location)
      return {} as GitRepository
    },
  }
  const github = {
    async repositories() {
      looks += 1
      return listed
    },
  }
  const clock = { at: 0, now: () => clock.at }
  const repositories = createRepositories(github, git, async ({ name }) => `token of ${name}`, clock)
  return { repositories, opened, listed, clock, looks: () => looks }
}

describe('createRepositories', () => {
  it('looks once, and opens by the address that GitHub gave', async () => {
    const { repositories, opened, looks } = arrange()
    await repositories.open(shop)
    expect(await repositories.defaultBranch(shop)).toBe('main')
    expect(looks()).toBe(1)
    expect(opened).toMatchObject([
      { kind: 'remote', key: '101', url: 'https://github.example/shop/config.git' },
    ])
    const [location] = opened
    expect(location?.kind === 'remote' && (await location.token?.())).toBe('token of config')
  })

  it('looks again for one that it does not know, and then refuses it', async () => {
    const { repositories, looks } = arrange()
    await repositories.refresh()
    await expect(repositories.open({ ...shop, id: '999' })).rejects.toThrow('shop/config is not among')
    expect(looks()).toBe(2)
  })

  it('forgets one that the app was taken away from', async () => {
    const { repositories, listed } = arrange()
    await repositories.refresh()
    listed.length = 0
    await repositories.refresh()
    expect(repositories.all()).toEqual([])
  })

  it('answers lately from a list that is five minutes old at most', async () => {
    const { repositories, listed, clock, looks } = arrange()
    expect((await repositories.lately('shop', 'config'))?.id).toBe('101')
    listed.length = 0
    clock.at = 300_000
    expect((await repositories.lately('shop', 'config'))?.id).toBe('101')
    clock.at = 300_001
    expect(await repositories.lately('shop', 'config')).toBeUndefined()
    expect(looks()).toBe(2)
  })

  it('finds by name as GitHub does, whatever the case', async () => {
    const { repositories } = arrange()
    await repositories.refresh()
    expect(repositories.named('Shop', 'Config')?.id).toBe('101')
    expect(repositories.named('shop', 'other')).toBeUndefined()
  })
})

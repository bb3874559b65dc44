import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Repository } from '../../src/emulator/github/state.ts'
import { aShop, newTag, storyTimeoutMs, type World } from './world.ts'

const rules = `version: 1
freezes:
  - { environments: ['prod*'], reason: the yearly audit }
roles:
  - { name: site reliability, members: ['@ken'], may: [freeze, unfreeze] }
locked: [policies]
`

describe('the rules of the organisation', { timeout: storyTimeoutMs }, () => {
  let world: World
  let dotGithub: Repository
  beforeAll(async () => {
    world = await aShop()
    const { github } = world.demo.shop
    dotGithub = await github.addRepository({
      owner: 'shop',
      name: '.github',
      files: { '.drawbridge.yaml': rules },
      collaborators: { ken: 'admin' },
    })
    const [installation] = github.state.installations
    if (!installation) throw new Error('the app is installed')
    github.changeInstallation(installation, { add: [dotGithub], by: 'ken' })
    await world.quiet()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  it('close a window of another repository, and say whose rule it is', async () => {
    const pull = await world.openPull('ada', 'Checkout 1.9.0', newTag('checkout', 'prod', '1.9.0'))
    const window = await world.eventually('the window', () => world.check(pull, 'drawbridge/window'))
    expect(window.output.title).toContain(
      'prod is frozen by shop/.github: .drawbridge.yaml (the yearly audit)',
    )
  })

  it('keep a locked key to themselves', async () => {
    const pull = await world.openPull('ada', 'Our own severities', {
      '.drawbridge.yaml': (text) => `${text}\npolicies: { severities: { memory-limit: 'off' } }\n`,
    })
    await world.eventually('the closed gate', () => world.gate(pull) === 'failure')
    expect(world.check(pull, 'drawbridge/configuration')?.output.summary).toContain(
      'shop/.github: .drawbridge.yaml keeps this key for itself',
    )
  })

  it('list their own problems on their own pull requests', async () => {
    const { github } = world.demo.shop
    const ken = github.as('ken')
    await ken.push(dotGithub, 'slip', { '.drawbridge.yaml': `${rules}envs: {}\n` }, 'A slip')
    const pull = await ken.openPull({ repository: dotGithub, head: 'slip', title: 'A slip' })
    const check = await world.eventually('the problem', () =>
      github.checks(dotGithub, pull.headSha).findLast(({ name }) => name === 'drawbridge/configuration'),
    )
    expect(check.conclusion).toBe('failure')
    expect(check.output.summary).toContain('envs is not a known key')
  })

  it('grant what a command needs, and /freeze * stops the whole line', async () => {
    const pull = await world.openPull('ada', 'Checkout 1.9.1', newTag('checkout', 'staging', '1.9.1'))
    expect(await world.command('ken', pull, '/freeze * something is wrong')).toContain(
      'everything is frozen in dev',
    )
    for (const environment of ['dev', 'staging', 'prod']) {
      expect((await world.ledger(environment))?.controls.freezes).toMatchObject([{ by: 'ken' }])
    }
    await world.eventually('the window of staging', () =>
      world.check(pull, 'drawbridge/window')?.output.title?.includes('staging is frozen by ken'),
    )
    expect(await world.command('ken', pull, '/unfreeze *')).toContain('may be released to dev again')
    expect((await world.ledger('dev'))?.controls.freezes).toEqual([])
  })

  it('open again when the freeze leaves the file', async () => {
    const pull = await world.openPull('ada', 'Checkout 1.9.2', newTag('checkout', 'prod', '1.9.2'))
    await world.eventually('the freeze', () =>
      world.check(pull, 'drawbridge/window')?.output.title?.includes('the yearly audit'),
    )
    await world.demo.shop.github
      .as('ken')
      .push(dotGithub, 'main', { '.drawbridge.yaml': 'version: 1\n' }, 'The audit is over')
    // What the next sweep does for every open pull request.
    await world.enqueue({ kind: 'review-pull', pull: { repository: world.ref, number: pull.number } })
    await world.eventually('the open window', () => world.gate(pull, 'drawbridge/window') === 'success')
    expect(world.check(pull, 'drawbridge/window')?.output.title).not.toContain('frozen')
  })
})

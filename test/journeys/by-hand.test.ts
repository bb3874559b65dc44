import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Issue, Pull } from '../../src/emulator/github/state.ts'
import { aShop, minute, newTag, storyTimeoutMs, type World } from './world.ts'

const roles = `roles:
  - { name: on call, members: ['@grace', '@ken'], may: [override, hotfix], environments: ['*'] }
`

describe('what people open and close by hand', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
    const [installation] = world.demo.shop.github.state.installations
    if (!installation) throw new Error('the app is installed')
    installation.permissions.issues = 'write'
    await world.stage.push('ken', 'who is on call', {
      '.drawbridge.yaml': (text) =>
        text.replace('roles:\n', roles).replace('  prod:\n', '  prod:\n    hotfix: {}\n'),
    })
    await world.quiet()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  const window = (pull: Pull) => world.check(pull, 'drawbridge/window')?.output
  const issues = (): Issue[] => [...world.demo.shop.repository.issues.values()]
  const pushMore = (pull: Pull) =>
    world.demo.shop.github
      .as('ada')
      .push(world.demo.shop.repository, pull.headBranch, { 'NOTES.md': pull.title }, 'a note')

  let payments: Pull

  describe('an override', () => {
    beforeAll(async () => {
      payments = await world.openPull('ada', 'Payments 3.5.0', newTag('payments', 'prod', '3.5.0'))
      await world.eventually('the review', () => world.gate(payments) !== '')
      world.approve('radia', payments)
      await world.eventually('a green gate', () => world.gate(payments) === 'success')
      await world.command('radia', payments, '/freeze prod the auditors are here')
      await world.eventually('the closed gate', () => world.gate(payments) === 'action_required')
    }, storyTimeoutMs)

    const override = (by: string) =>
      world.command(by, payments, '/override window --until 10m the bank waits')
    const overridden = () =>
      world.eventually('the open window', () => window(payments)?.title?.startsWith('overridden by @'))

    it('needs the right', async () => {
      const answer = await override('margaret')
      expect(answer).toContain('was not obeyed')
      expect(answer).toContain('@grace')
      expect(world.gate(payments)).toBe('action_required')
    })

    it('opens nothing by one person alone, however often', async () => {
      await override('grace')
      await override('grace')
      await world.eventually('who is missing', () =>
        window(payments)?.summary?.includes('a second person with the right must type'),
      )
      expect(world.gate(payments)).toBe('action_required')
    })

    it('opens the gate by a second person, and says so', async () => {
      await override('ken')
      await overridden()
      await world.eventually('a green gate', () => world.gate(payments) === 'success')
      const said = await world.eventually('it is said', () =>
        payments.comments.find(
          ({ body }) => body.includes('opened by hand') || body.includes('overridden by'),
        ),
      )
      expect(said.body).toContain('the bank waits')
    })

    it('ends by itself', async () => {
      await world.pass(11 * minute)
      await world.eventually('the closed gate', () => world.gate(payments) === 'action_required')
      expect(window(payments)?.title).toContain('prod is frozen by radia')
    })

    it('is about one head: a new push ends it', async () => {
      await override('grace')
      await override('ken')
      await overridden()
      await pushMore(payments)
      await world.eventually('the closed gate', () => world.gate(payments) === 'action_required')
      expect(window(payments)?.title).toContain('prod is frozen by radia')
    })

    it('is asked for by the button of the check, too', async () => {
      world.approve('radia', payments)
      const check = await world.eventually('the button', () => {
        const run = world.check(payments, 'drawbridge/window')
        return run?.actions.some(({ label }) => label === 'Override window') && run
      })
      world.demo.shop.github.as('margaret').pressButton(check, 'override:window')
      world.demo.shop.github.as('ken').pressButton(check, 'override:window')
      await world.eventually('who is missing', () =>
        window(payments)?.summary?.includes('overrides this (by the button of its check)'),
      )
      expect(world.gate(payments)).toBe('action_required')
    })

    it('lets the change be released, and opens one issue to follow up', async () => {
      await override('grace')
      await world.merge('ada', payments)
      await world.eventually('3.5.0 in production', () => world.runs('prod-us', 'payments', '3.5.0'))
      await world.quiet()
      await world.enqueue({ kind: 'record-merge', repository: world.ref })
      await world.quiet()
      expect(issues().map(({ title }) => title)).toEqual([
        `Follow up: pull request ${payments.number} was released past window`,
      ])
      expect(issues()[0]?.body).toContain('the bank waits')
    })
  })

  describe('a hotfix', () => {
    let catalog: Pull
    const hotfix = (by: string) => world.command(by, catalog, '/hotfix nobody can order')

    it('is needed by a feature in a freeze, not by a revert', async () => {
      catalog = await world.openPull('ada', 'Catalog 2.31.0', newTag('catalog', 'prod', '2.31.0'))
      await world.eventually('the review', () => world.gate(catalog) !== '')
      world.approve('margaret', catalog)
      await world.eventually('the approval', () => world.gate(catalog, 'drawbridge/approvals') === 'success')
      expect(world.gate(catalog, 'drawbridge/window')).toBe('action_required')

      await world.command('radia', payments, '/revert payments prod')
      const revert = await world.eventually('the revert', () => world.openedPull('drawbridge/revert/'))
      await world.eventually('its window', () => world.gate(revert, 'drawbridge/window') === 'success')
      expect(window(revert)?.title).toContain('a revert passes by rule')
    })

    it('needs the right', async () => {
      expect(await hotfix('margaret')).toContain('was not obeyed')
      expect(world.gate(catalog)).toBe('action_required')
    })

    it('passes the freeze, and says so', async () => {
      await hotfix('grace')
      await world.eventually('a green gate', () => world.gate(catalog) === 'success')
      expect(window(catalog)?.title).toContain('a hotfix passes by rule')
      await world.eventually('it is said', () => world.comment(catalog).includes('Hotfix'))
    })

    it('ends with a new push', async () => {
      await pushMore(catalog)
      await world.eventually(
        'the closed window',
        () => world.gate(catalog, 'drawbridge/window') === 'action_required',
      )
      expect(window(catalog)?.title).toContain('prod is frozen by radia')
    })

    it('is released while everything else waits', async () => {
      world.approve('margaret', catalog)
      await hotfix('ken')
      await world.merge('ada', catalog)
      await world.eventually('2.31.0 in production', () => world.runs('prod-us', 'catalog', '2.31.0'))
      expect((await world.ledger('prod'))?.controls.freezes).toHaveLength(1)
    })
  })

  describe('a freeze', () => {
    const attested = async (environment: string) => (await world.ledger(environment))?.commit

    it('keeps what has soaked from being promoted until it is lifted', async () => {
      const change = await world.openPull('ada', 'Checkout 1.9.0', newTag('checkout', 'dev', '1.9.0'))
      await world.eventually('a green gate', () => world.gate(change) === 'success')
      await world.command('radia', change, '/freeze staging stocktaking')
      await world.merge('ada', change)
      await world.eventually('1.9.0 in dev', () => world.runs('dev', 'checkout', '1.9.0'))
      await world.pass(30 * minute)
      expect(world.openedPull('drawbridge/promote/staging/')).toBeUndefined()
      await world.command('radia', change, '/unfreeze staging')
      await world.eventually('1.9.0 in staging', () => world.runs('staging', 'checkout', '1.9.0'))
    })

    it('keeps from being released what somebody merged past it, until it is lifted', async () => {
      const change = await world.openPull('ada', 'Payments 3.6.0', newTag('payments', 'staging', '3.6.0'))
      await world.eventually('a green gate', () => world.gate(change) === 'success')
      await world.command('radia', change, '/freeze staging stocktaking')
      await world.eventually('the closed gate', () => world.gate(change) === 'action_required')
      const before = await attested('staging')
      await expect(world.stage.merge('ada', change.number)).rejects.toThrow('Required status check')
      await world.merge('ken', change)
      await world.pass(10 * minute)
      expect(await attested('staging')).toBe(before)
      expect(world.runs('staging', 'payments', '3.6.0')).toBe(false)
      await world.command('radia', change, '/unfreeze staging')
      await world.eventually('3.6.0 in staging', () => world.runs('staging', 'payments', '3.6.0'))
    })
  })

  it("a person's own auto-merge merges once the gates are open, and the merge is judged as any other", async () => {
    const change = await world.openPull('ada', 'Catalog 2.32.0', newTag('catalog', 'staging', '2.32.0'))
    world.demo.shop.github.as('ada').enableAutoMerge(change)
    await world.eventually('the merge', () => change.merged)
    expect(change.merged).toMatchObject({ by: { login: 'ada' } })
    expect(world.gate(change)).toBe('success')
    await world.eventually('2.32.0 in staging', () => world.runs('staging', 'catalog', '2.32.0'))
    const releases = (await world.ledger('staging'))?.attestations ?? []
    expect(releases.find(({ target }) => target.application === 'catalog')).toMatchObject({
      pull: { number: change.number },
      revision: change.merged?.sha,
    })
  })

  it('a locked conversation keeps its checks, which say why there is no comment, and its commands', async () => {
    const { github } = world.demo.shop
    const pull = await world.openPull('ada', 'Checkout 1.9.1', newTag('checkout', 'staging', '1.9.1'))
    pull.isLocked = true
    await world.eventually('the check', () => world.check(pull)?.output.summary?.includes('is locked'))
    expect(world.gate(pull)).toBe('success')
    const command = github.as('radia').comment(pull, '/freeze staging stocktaking')
    await world.eventually('the closed gate', () => world.gate(pull) === 'action_required')
    await world.quiet()
    expect(command.reactions.map(({ content }) => content)).toEqual(['eyes'])
    const written = world.watchWrites()
    await world.pass(10 * minute)
    expect(written().filter((write) => write.includes('/comments'))).toEqual([])
  })
})

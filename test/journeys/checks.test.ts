import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { aShop, minute, newTag, storyTimeoutMs, type World } from './world.ts'

const reviewsRoute = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews'

describe('the required check', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterEach(() => world.demo.shop.github.chaos.reset())
  afterAll(() => world.close())

  it('is there before anything is rendered, and is concluded in place', async () => {
    const { github } = world.demo.shop
    github.chaos.lag(reviewsRoute, 20_000)
    const pull = await world.openPull('ada', 'Checkout 1.9.1', newTag('checkout', 'dev', '1.9.1'))
    const begun = await world.eventually('the check in progress', () => world.check(pull))
    expect(begun.status).toBe('in_progress')
    expect(begun.conclusion).toBeNull()
    github.chaos.lag(reviewsRoute, 0)
    await world.eventually('the conclusion', () => world.gate(pull) !== '')
    expect(world.check(pull)?.id).toBe(begun.id)
  })

  it('passes for a draft that changes only words', async () => {
    const pull = await world.openPull('ada', 'Words', { 'README.md': (text) => `${text}More.\n` })
    world.demo.shop.github.as('ada').setDraft(pull, true)
    await world.eventually('the open gate', () => world.gate(pull) === 'success')
    const { github, repository } = world.demo.shop
    const open = github.checks(repository, pull.headSha).filter(({ conclusion }) => conclusion !== 'success')
    expect(open).toEqual([])
  })

  it('fails with the reason when the look fails again and again, and recovers by itself', async () => {
    const { github } = world.demo.shop
    github.chaos.fail(reviewsRoute, { status: 422, times: 100_000 })
    const pull = await world.openPull('ada', 'Checkout 1.9.2', newTag('checkout', 'dev', '1.9.2'))
    await world.eventually('the failure', () => world.gate(pull) === 'failure')
    expect(world.check(pull)?.output.title).toMatch(/^Could not be judged: github failed/)
    github.chaos.reset()
    await world.pass(4 * minute)
    await world.eventually('the verdict', () => world.gate(pull) === 'success')
  })

  it('does not stay in progress when looks fail for a long time, or when its head is overtaken', async () => {
    const { github } = world.demo.shop
    github.chaos.fail(reviewsRoute, { status: 503, times: 100_000 })
    const pull = await world.openPull('ada', 'Checkout 1.9.3', newTag('checkout', 'dev', '1.9.3'))
    const first = pull.headSha
    await world.eventually('the check in progress', () => world.check(pull)?.status === 'in_progress')
    await github
      .as('ada')
      .push(world.demo.shop.repository, pull.headBranch, { 'WORDS.md': 'Even more.\n' }, 'more')
    await world.eventually('the end of the earlier look', () =>
      github
        .checks(world.demo.shop.repository, first)
        .some(({ output }) => output.title === 'Overtaken by a newer commit'),
    )
    await world.pass(19 * minute)
    await world.eventually(
      'the end of a look that hangs',
      () => world.check(pull)?.output.title === 'Not judged within 15 minutes',
    )
    expect(world.gate(pull)).toBe('failure')
  })
})

describe('buttons of the check', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  it('does what the person may, refuses the rest with the reason, and answers once', async () => {
    const { github, repository } = world.demo.shop
    github.addUser('mallory')
    github.setPermission(repository, 'mallory', 'read')
    const pull = await world.openPull('ada', 'Checkout 1.9.4', newTag('checkout', 'staging', '1.9.4'))
    const run = await world.eventually('the check', () => {
      const seen = world.check(pull)
      return seen?.conclusion ? seen : undefined
    })
    expect(run.actions.map(({ label }) => label)).toEqual(['Re-render', 'Promote to prod'])
    for (let time = 0; time < 2; time += 1) {
      github.as('mallory').pressButton(run, 'promote:prod')
      await world.quiet()
    }
    const answers = pull.comments.filter(({ body }) => body.includes('drawbridge:button-'))
    expect(answers).toHaveLength(1)
    expect(answers[0]?.body).toContain('may not promote')
    const audit = await world.demo.drawbridge.ports.store.audit.list({
      subject: 'command/promote',
      limit: 10,
    })
    expect(audit[0]).toMatchObject({ what: 'refuse', actor: 'mallory' })

    github.as('ada').pressButton(run, 're-render')
    const again = await world.eventually('a new run', () => {
      const seen = world.check(pull)
      return seen && seen.id !== run.id && seen.conclusion ? seen : undefined
    })
    expect(again.conclusion).toBe(run.conclusion)
    github.as('ada').rerequest(again)
    await world.eventually('another', () => {
      const seen = world.check(pull)
      return seen && seen.id !== again.id && seen.conclusion === run.conclusion
    })
  })
})

describe('a change of the rules', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  it('is judged by the rules before it, and says what it would do to others', async () => {
    const other = await world.openPull('ada', 'Checkout 1.9.7', newTag('checkout', 'prod', '1.9.7'))
    await world.eventually('its verdict', () => world.gate(other) === 'action_required')
    const change = await world.openPull('ken', 'Nobody needs to wait', {
      '.drawbridge.yaml': (text) =>
        text.replace(/ {4}approvals: .*\n/, '').replace(/ {4}windows:\n(?: {6,}.*\n)+/, ''),
    })
    await world.eventually('the effect', () => world.comment(change).includes('would become mergeable'))
    expect(world.comment(change)).toContain(`${other.number} would become mergeable`)
    expect(world.gate(change, 'drawbridge/approvals')).toBe('action_required')
    await world.quiet()
    const written = world.watchWrites()
    await world.enqueue({ kind: 'review-pull', pull: { repository: world.ref, number: change.number } })
    await world.quiet()
    expect(written()).toEqual([])
  })

  it('is refused when it brings a policy that does not compile', async () => {
    const pull = await world.openPull('ken', 'A broken policy', {
      'policies/shop-labels.yaml': (text) => text.replaceAll('object.', 'object.('),
    })
    await world.eventually(
      'the closed gate',
      () => world.gate(pull, 'drawbridge/configuration') === 'failure',
    )
    const body = await world.eventually('the comment', () => world.comment(pull) || undefined)
    expect(body).toContain('policies/shop-labels.yaml')
  })
})

describe('a merge queue', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterEach(() => world.demo.shop.github.chaos.reset())
  afterAll(() => world.close())

  it('is let through when each pull request in it may land, also when the webhook was lost', async () => {
    const { github, repository } = world.demo.shop
    const first = await world.openPull('ada', 'Checkout 1.9.5', newTag('checkout', 'dev', '1.9.5'))
    const second = await world.openPull('ada', 'Words', { 'README.md': (text) => `${text}More.\n` })
    for (const pull of [first, second]) {
      await world.eventually('the open gate', () => world.gate(pull) === 'success')
    }
    github.chaos.webhook('merge_group', { kind: 'lose', times: 2 })
    const place = await github.as('ada').enqueue(first)
    await github.as('ada').enqueue(second)
    await world.pass(4 * minute)
    await world.eventually('both merges', () => first.merged && second.merged)
    const names = github.checks(repository, place.headSha).map(({ name }) => name)
    expect(new Set(names).size).toBe(7)
    await world.eventually('the release', async () =>
      (await world.ledger('dev'))?.attestations.some(({ pull }) => pull?.number === first.number),
    )
  })

  it('is closed to what renders otherwise than what was approved', async () => {
    const { github } = world.demo.shop
    const owned = newTag('checkout', 'prod', '1.9.6')
    const pull = await world.openPull('ada', 'Checkout 1.9.6', owned)
    await world.eventually('the review', () => world.gate(pull) !== '')
    await world.passUntil('2026-11-23T08:00:10Z')
    world.approve('grace', pull)
    await world.eventually('the open gate', () => world.gate(pull) === 'success')
    const other = await world.openPull('ada', 'Another change of the same', {
      'apps/checkout/overlays/prod/kustomization.yaml': (text) => `${text}commonAnnotations:\n  owner: ada\n`,
    })
    await world.eventually('its review', () => world.gate(other) !== '')
    world.approve('grace', other)
    await world.eventually('its open gate', () => world.gate(other) === 'success')
    await github.as('ada').enqueue(other)
    await github.as('ada').enqueue(pull)
    await world.eventually(
      'one merge, one drop',
      () => other.merged && world.demo.shop.repository.queue.length === 0,
    )
    expect(pull.merged).toBeUndefined()
  })
})

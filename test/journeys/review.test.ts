import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Work } from '../../src/domain/work.ts'
import { aShop, minute, newTag, type World, storyTimeoutMs } from './world.ts'

describe('the review of a pull request', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  it('is one comment and seven checks, also after twenty deliveries of the same webhook', async () => {
    const pull = await world.openPull('ada', 'Checkout 1.9.0', newTag('checkout', 'prod', '1.9.0'))
    await world.eventually('the comment', () => world.comment(pull).includes('1.9.0'))
    await world.eventually('the checks', () => world.gate(pull) === 'action_required')
    await world.quiet()
    const written = world.watchWrites()
    await world.redeliver(pull, 'pull_request', 20)
    expect(written()).toEqual([])
    expect(pull.comments.filter(({ author }) => author.type === 'Bot')).toHaveLength(1)
    const { github, repository } = world.demo.shop
    const names = github.checks(repository, pull.headSha).map(({ name }) => name)
    expect(names.toSorted()).toMatchInlineSnapshot(`
      [
        "drawbridge",
        "drawbridge/approvals",
        "drawbridge/configuration",
        "drawbridge/policy",
        "drawbridge/promotion",
        "drawbridge/render",
        "drawbridge/window",
      ]
    `)
    expect(world.check(pull, 'drawbridge/approvals')?.output.title).toContain('@shop/checkout')
  })

  it('lists every problem of .drawbridge.yaml with its line, and stays closed', async () => {
    const pull = await world.openPull('ken', 'Two slips in the configuration', {
      '.drawbridge.yaml': (text) => text.replace('soak: 20m', 'soak: soon').replace('"09:00"', '"25:00"'),
    })
    const comment = await world.eventually('both problems', () => {
      const body = world.comment(pull)
      return body.includes('soak') && body.includes('25:00') && body
    })
    expect(comment).toContain('.drawbridge.yaml:15')
    expect(comment).toContain('.drawbridge.yaml:23')
    await world.eventually('the closed gate', () => world.gate(pull) === 'failure')
  })

  it('names the files in which a pull request conflicts with its base', async () => {
    const change = (line: string) => ({ 'README.md': (text: string) => `${line}\n${text}` })
    const pull = await world.openPull('ada', 'A word before all others', change('Hello'))
    await world.eventually('the review', () => world.gate(pull) !== '')
    await world.stage.push('ken', 'another first word', change('Welcome'))
    await world.eventually('the conflict', () =>
      world.check(pull)?.output.title?.startsWith('Conflicts with main'),
    )
    expect(world.gate(pull)).toBe('failure')
    expect(world.check(pull)?.output.summary).toContain('README.md')
    // What the comment said before was about a change that merged.
    const comment = await world.eventually('the comment', () => {
      const body = world.comment(pull)
      return body.includes('Conflicts with `main`') && body
    })
    expect(comment).not.toContain('Ready to merge')
  })

  it('is left alone by a second run of every journey', async () => {
    // What a cluster changed by itself since the first apply is verified once, after ten minutes.
    await world.pass(15 * minute)
    await world.pass(6 * minute)
    const { ref, demo } = world
    const environments = ['dev', 'staging', 'prod']
    const states = await Promise.all(environments.map((environment) => world.ledger(environment)))
    const targets = states.flatMap((state) => state?.attestations ?? []).map(({ target }) => target)
    const work: Work[] = [
      { kind: 'sweep', repository: ref },
      { kind: 'record-merge', repository: ref },
      { kind: 'promote-releases', repository: ref },
      { kind: 'guard-slo', repository: ref, application: 'checkout', environment: 'prod' },
      ...environments.map((environment): Work => ({
        kind: 'advance-rollouts',
        repository: ref,
        environment,
      })),
      ...targets.map((target): Work => ({ kind: 'reconcile-target', repository: ref, target })),
      ...[...demo.shop.repository.pulls.keys()].map((number): Work => ({
        kind: 'review-pull',
        pull: { repository: ref, number },
      })),
    ]
    const written = world.watchWrites()
    for (const item of work) await world.enqueue(item)
    await world.quiet()
    expect(written()).toEqual([])
    const after = await Promise.all(environments.map((environment) => world.ledger(environment)))
    expect(after.map((state) => state?.commit)).toEqual(states.map((state) => state?.commit))
  })
})

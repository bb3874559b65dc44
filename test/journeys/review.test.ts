import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Work } from '../../src/domain/work.ts'
import { aShop, type World } from './world.ts'

describe('the review of a pull request', () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  })
  afterAll(() => world.close())

  it('is one comment with the rendered diff and seven checks, also after twenty deliveries of the same webhook', async () => {
    const pull = await world.openPull('ada', 'Checkout 1.9.0', {
      'apps/checkout/overlays/prod/kustomization.yaml': (text) => text.replace('"1.8.0"', '"1.9.0"'),
    })
    await world.eventually('the comment', () => world.comment(pull).includes('1.9.0'))
    await world.eventually('the checks', () => world.gate(pull) === 'action_required')
    await world.quiet()
    const before = await world.writes()
    await world.redeliver(pull, 'pull_request', 20)
    expect(await world.writes()).toEqual(before)
    expect(pull.comments.filter(({ author }) => author.type === 'Bot')).toHaveLength(1)
    const names = world.demo.shop.github
      .checks(world.demo.shop.repository, pull.headSha)
      .map(({ name }) => name)
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

  it('is left alone by a second run of every journey', async () => {
    await world.quiet()
    const before = await world.writes()
    const { ref } = world
    const targets = ['dev', 'staging', 'prod'].map((environment) => world.ledger(environment))
    const work: Work[] = [
      { kind: 'record-merge', repository: ref },
      { kind: 'promote-releases', repository: ref },
      { kind: 'guard-slo', repository: ref, application: 'checkout', environment: 'prod' },
      ...['dev', 'staging', 'prod'].map((environment): Work => ({
        kind: 'advance-rollouts',
        repository: ref,
        environment,
      })),
      ...[...world.demo.shop.repository.pulls.values()].map(({ number }): Work => ({
        kind: 'review-pull',
        pull: { repository: ref, number },
      })),
      ...(await Promise.all(targets))
        .flatMap((state) => state?.attestations ?? [])
        .map(({ target }): Work => ({ kind: 'reconcile-target', repository: ref, target })),
      { kind: 'sweep', repository: ref },
    ]
    for (const item of work) await world.enqueue(item)
    await world.quiet()
    expect(await world.writes()).toEqual(before)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClusterName } from '../../src/emulator/shop/create-shop.ts'
import { aShop, minute, mondayMorning, newTag, type World, storyTimeoutMs } from './world.ts'

describe('from an approval to what runs', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  function ownerOf(cluster: ClusterName, name: string): unknown {
    const id = { kind: 'Deployment', namespace: 'shop', name, group: 'apps' }
    const found = world.demo.shop.live.get(cluster)?.get(id) as { metadata?: { annotations?: object } }
    return (found?.metadata?.annotations as Record<string, string> | undefined)?.['owner']
  }

  it('merges, applies and shows the roll-out where the review was', async () => {
    const pull = await world.openPull('ada', 'Payments 3.5.0', newTag('payments', 'prod', '3.5.0'))
    await world.eventually('who is missing', () =>
      world.check(pull, 'drawbridge/approvals')?.output.title?.includes('@shop/payments'),
    )
    world.approve('radia', pull)
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    await world.merge('ada', pull)
    await world.eventually(
      '3.5.0 in both regions',
      () => world.runs('prod-eu', 'payments', '3.5.0') && world.runs('prod-us', 'payments', '3.5.0'),
    )
    await world.eventually('the board', () => /prod-us.*healthy/.test(world.comment(pull)))
    expect(pull.comments.filter(({ author }) => author.type === 'Bot')).toHaveLength(1)
    const state = await world.ledger('prod')
    const attested = state?.attestations.find(({ target }) => target.application === 'payments')
    expect(attested).toMatchObject({ pull: { number: pull.number, approvedBy: [{ login: 'radia' }] } })
  })

  it('keeps an approval while the base moves without changing what renders, and asks again when it does', async () => {
    const pull = await world.openPull('ada', 'Catalog 2.31.0', newTag('catalog', 'prod', '2.31.0'))
    await world.eventually('the review', () => world.gate(pull) === 'action_required')
    world.approve('margaret', pull)
    await world.eventually('a green gate', () => world.gate(pull) === 'success')

    await world.stage.push('ken', 'a word for the reader', { 'README.md': (text) => `${text}\nHave fun.\n` })
    await world.pass(5 * minute)
    expect(world.gate(pull)).toBe('success')

    const base = await world.openPull('ada', 'Catalog logs text', {
      'apps/catalog/base/kustomization.yaml': (text) => text.replace('LOG_FORMAT=json', 'LOG_FORMAT=text'),
    })
    await world.eventually('its review', () => world.gate(base) === 'action_required')
    world.approve('margaret', base)
    await world.eventually('its green gate', () => world.gate(base) === 'success')
    await world.merge('ada', base)
    await world.eventually('the approval is asked again', () => world.gate(pull) === 'action_required')
    expect(world.check(pull, 'drawbridge/approvals')?.output.title).toContain('@shop/catalog')
  })

  it.each([
    ['checkout', [0, 1]],
    ['payments', [1, 0]],
  ])('loses nothing of two changes of %s that are merged at once, in the order %j', async (name, order) => {
    const version = await world.openPull('ada', `${name} 1.9.0`, newTag(name, 'staging', '1.9.0'))
    const owner = await world.openPull('ada', `${name} has an owner`, {
      [`apps/${name}/overlays/staging/kustomization.yaml`]: (text) =>
        text.replace('namespace: shop\n', 'namespace: shop\ncommonAnnotations:\n  owner: ada\n'),
    })
    const pulls = [version, owner]
    for (const pull of pulls) await world.eventually('a green gate', () => world.gate(pull) === 'success')
    for (const index of order) await world.merge('ada', pulls[index]!)
    await world.eventually('the version', () => world.runs('staging', name, '1.9.0'))
    await world.eventually('the owner', () => ownerOf('staging', name) === 'ada')
    await world.quiet()
    expect(world.runs('staging', name, '1.9.0')).toBe(true)
    const attested = (await world.ledger('staging'))?.attestations.find(
      ({ target }) => target.application === name,
    )
    expect(attested?.revision).toBe(pulls[order[1]!]!.merged?.sha)
  })

  it('closes and opens with the window, by itself', async () => {
    const pull = await world.openPull('ada', 'Storefront 4.13.0', newTag('storefront', 'prod', '4.13.0'))
    await world.eventually('the review', () => world.gate(pull, 'drawbridge/window') === 'success')
    world.approve('margaret', pull)
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    await world.passUntil('2026-11-19T15:00:10Z')
    await world.eventually('the closed window', () => world.gate(pull) === 'action_required')
    expect(world.check(pull, 'drawbridge/window')?.output.title).toContain('opens Monday 23 November 09:00')
    await world.passUntil(mondayMorning)
    await world.eventually('the open window', () => world.gate(pull) === 'success')
  })
})

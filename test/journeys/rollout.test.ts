import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aShop, hour, minute, mondayMorning, newTag, type World, storyTimeoutMs } from './world.ts'

describe('roll-outs to production', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  async function released(application: string, owner: string, tag: string) {
    const pull = await world.openPull('ada', `${application} ${tag}`, newTag(application, 'prod', tag))
    await world.eventually('the review', () => world.gate(pull) === 'action_required')
    world.approve(owner, pull)
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    await world.merge('ada', pull)
    return pull
  }

  it('stop after a region that is degraded', async () => {
    const pull = await released('catalog', 'margaret', '2.31.0-broken')
    await world.eventually('the start in the first region', async () =>
      (await world.releases('catalog', 'prod')).some(({ phase }) => phase === 'progressing'),
    )
    await world.pass(12 * minute)
    await world.eventually('degraded in the first region', async () =>
      (await world.releases('catalog', 'prod')).some(
        ({ phase, target }) => phase === 'degraded' && target.cluster === 'prod-eu',
      ),
    )
    await world.pass(30 * minute)
    expect(world.runs('prod-us', 'catalog', '2.30.1')).toBe(true)
    await world.eventually('the board says so', () => world.comment(pull).includes('degraded'))
  })

  it('are not taken back while Prometheus does not say, which is said once, and are when it answers again', async () => {
    const { shop } = world.demo
    await world.passUntil(mondayMorning)
    const pull = await released('checkout', 'grace', '1.9.0')
    await world.eventually(
      '1.9.0 in both regions',
      () => world.runs('prod-eu', 'checkout', '1.9.0') && world.runs('prod-us', 'checkout', '1.9.0'),
    )
    shop.setErrorRatio('1.9.0', 0.06)
    for (const fault of ['down', 'empty', 'nan', 'warnings'] as const) {
      shop.prometheus.setFault(fault)
      await world.pass(2 * minute)
      expect(world.openedPull('drawbridge/revert/')).toBeUndefined()
    }
    const notices = pull.comments.filter(({ body }) => body.includes('cannot tell how **checkout** does'))
    expect(notices).toHaveLength(1)

    shop.prometheus.setFault('none')
    await world.pass(minute)
    await world.eventually(
      '1.8.0 in both regions again',
      () => world.runs('prod-eu', 'checkout', '1.8.0') && world.runs('prod-us', 'checkout', '1.8.0'),
    )
    const reverts = world.stage.openedPulls('drawbridge/revert/')
    expect(reverts).toHaveLength(1)
    expect(reverts[0]?.merged?.by.login).toBe('drawbridge[bot]')
    await world.eventually('the pin', () => world.stage.isPinned('prod', 'checkout', '1.9.0'))
    const said = (number: number, words: string) =>
      world.demo.shop.github
        .pull(world.demo.shop.repository, number)
        .comments.some(({ body }) => body.includes(words))
    await world.eventually('the suspect is told', () =>
      said(pull.number, 'is being taken back, because this'),
    )
    await world.pass(10 * minute)
    const body = reverts[0]?.body ?? ''
    const block: unknown = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(body)?.[1] ?? '')
    expect(block).toMatchObject({ version: 1, application: 'checkout', pull: pull.number })
    const plot = /!\[[^\]]*\]\(([^)]+)\)/.exec(body)?.[1] ?? ''
    expect(await (await fetch(plot)).text()).toContain('applied')
    const revert = reverts[0]?.number ?? 0
    await world.eventually('it helped', () => said(revert, '**helped**') && said(pull.number, '**helped**'))
    await world.pass(2 * hour)
    expect(world.openedPull('drawbridge/promote/prod/checkout')).toBeUndefined()
    expect(said(pull.number, 'did not help')).toBe(false)
  })

  it('are taken back by people when they do not become healthy, where the environment asks for it', async () => {
    await world.stage.push('ken', 'propose to take back what fails', {
      '.drawbridge.yaml': (text) => text.replace('  prod:\n', '  prod:\n    onUnhealthy: propose\n'),
    })
    await world.quiet()
    const pull = await released('payments', 'radia', '3.5.0-broken')
    await world.eventually('the start in the first region', async () =>
      (await world.releases('payments', 'prod')).some(({ phase }) => phase === 'progressing'),
    )
    await world.pass(12 * minute)
    const revert = await world.eventually('the proposal', () =>
      world.openedPull('drawbridge/revert/prod/payments'),
    )
    expect(revert.body).toContain('payments did not become healthy on prod-eu in time')
    await world.pass(10 * minute)
    expect(revert.merged).toBeUndefined()
    world.approve('ken', revert)
    await world.merge('ken', revert)
    await world.eventually('3.4.7 in the first region again', () =>
      world.runs('prod-eu', 'payments', '3.4.7'),
    )
    await world.eventually('the pin', () => world.stage.isPinned('prod', 'payments', '3.5.0-broken'))
    const rollouts = (await world.ledger('prod'))?.rollouts ?? []
    expect(rollouts.map(({ application }) => application)).not.toContain('payments')
    expect(pull.comments.some(({ body }) => body.includes('did not become healthy in time'))).toBe(true)
  })
})

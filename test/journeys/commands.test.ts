import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pull } from '../../src/emulator/github/state.ts'
import { aShop, minute, newTag, type World, storyTimeoutMs } from './world.ts'

describe('commands in comments', { timeout: storyTimeoutMs }, () => {
  let world: World
  let pull: Pull
  beforeAll(async () => {
    world = await aShop()
    pull = await world.openPull('ada', 'Payments 3.5.0', newTag('payments', 'prod', '3.5.0'))
    await world.eventually('the review', () => world.gate(pull) === 'action_required')
    world.approve('radia', pull)
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
  }, storyTimeoutMs)
  afterAll(() => world.close())

  const freezes = async (environment: string) => (await world.ledger(environment))?.controls.freezes ?? []
  const replies = () => pull.comments.filter(({ body }) => body.startsWith('<!-- drawbridge:answer-'))

  it('/help lists every command', async () => {
    const answer = await world.command('margaret', pull, '/help')
    expect(answer).toContain('/promote')
    expect(answer).toContain('/freeze')
  })

  it('are refused to those without the right, with who could', async () => {
    const answer = await world.command('margaret', pull, '/freeze prod audit')
    expect(answer).toContain('was not obeyed')
    expect(answer).toContain('@shop/release')
    expect(await freezes('prod')).toEqual([])
  })

  it('/freeze stops what is about to start', async () => {
    const answer = await world.command('radia', pull, '/freeze prod the auditors are here')
    expect(answer).toContain('✅')
    await world.eventually('the closed gate', () => world.gate(pull) === 'action_required')
    await world.quiet()
    expect(world.comment(pull)).toContain('the auditors are here')
  })

  it('are obeyed once, however often the webhook comes', async () => {
    const before = { replies: replies().length, freezes: await freezes('prod') }
    const written = world.watchWrites()
    await world.redeliver(pull, 'issue_comment', 20)
    expect(written()).toEqual([])
    expect({ replies: replies().length, freezes: await freezes('prod') }).toEqual(before)
    expect(before.freezes).toHaveLength(1)
  })

  it('/unfreeze lets it go on', async () => {
    await world.command('radia', pull, '/unfreeze prod')
    await world.eventually('a green gate', () => world.gate(pull) === 'success')
    expect(await freezes('prod')).toEqual([])
  })

  it('/pause leaves the clusters as they are, and says who, until /unpause', async () => {
    const answer = await world.command('radia', pull, '/pause prod payments --until 2h a migration')
    expect(answer).toContain('payments in prod is left as it is')
    const pauses = async () => (await world.releases('payments', 'prod')).map(({ pause }) => pause?.by)
    await world.eventually('the pause', async () => (await pauses()).every((by) => by === 'radia'))
    expect(await world.command('ada', pull, '/status')).toMatch(
      /payments in prod is left as it is, paused by/,
    )
    await world.command('radia', pull, '/unpause prod payments')
    await world.eventually('its end', async () => (await pauses()).every((by) => by === undefined))
  })

  it('are not read from an edited comment, nor from a bot', async () => {
    await world.quiet()
    const before = replies().map(({ body }) => body)
    const person = world.demo.shop.github.as('radia')
    // Within the second of its creation, before anybody can have looked.
    person.editComment(person.comment(pull, 'what a day'), '/freeze staging at once')
    const later = person.comment(pull, 'what a night')
    await world.pass(minute)
    person.editComment(later, '/freeze staging surprise')
    await world.demo.drawbridge.ports.github.upsertComment(
      { repository: world.ref, number: pull.number },
      'a-bot-that-talks',
      '/freeze staging I am a bot',
      undefined,
    )
    await world.pass(4 * minute)
    expect(replies().map(({ body }) => body)).toEqual(before)
    expect(await freezes('staging')).toEqual([])
  })

  it('are obeyed without a webhook too', async () => {
    const { chaos } = world.demo.shop.github
    chaos.webhook('issue_comment', { kind: 'lose', times: 1 })
    const id = await world.stage.commandBy('radia', pull.number, '/freeze staging nobody told')
    await world.pass(4 * minute)
    const answer = await world.eventually('the answer', () =>
      world.stage.answer(pull.number, id, (body) => body !== ''),
    )
    expect(answer).toContain('✅')
    expect(await freezes('staging')).toHaveLength(1)
  })

  it('that are misspelt say what was meant', async () => {
    expect(await world.command('ada', pull, '/promot prod')).toContain('/promote')
  })
})

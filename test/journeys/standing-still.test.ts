import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aShop, minute, newTag, type World, storyTimeoutMs } from './world.ts'

describe('an environment that stands still', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: world.demo.shop.repository.folder, encoding: 'utf8' }).trim()
  const tipOf = (branch: string) => git('rev-parse', `refs/heads/${branch}`)

  async function stopped(sha: string, conclusion: string) {
    const name = 'drawbridge/environments'
    return world.eventually(`the check ${conclusion}`, () => {
      const check = world.stage.commitCheck(sha, name)
      return check?.conclusion === conclusion ? check : undefined
    })
  }

  it('because its branch was force-pushed, until a person accepts the new history', async () => {
    const { repository, github } = world.demo.shop
    const change = await world.openPull('ada', 'checkout 1.9.0', newTag('checkout', 'dev', '1.9.0'))
    await world.eventually('a green gate', () => world.gate(change) === 'success')
    await world.merge('ada', change)
    await world.eventually('1.9.0 in dev', () => world.runs('dev', 'checkout', '1.9.0'))
    await world.quiet()
    const lost = tipOf('main')
    const parent = git('rev-parse', `${lost}^`)
    const pushed = await github
      .as('ken')
      .push(repository, 'main', { 'NOTES.md': 'Mine.\n' }, 'another history', { parent, force: true })
    const check = await stopped(pushed, 'failure')
    expect(check.title).toBe('Stands still: dev')
    expect(world.runs('dev', 'checkout', '1.9.0')).toBe(true)
    const first = (await world.ledger('dev'))?.commit
    expect(await world.command('ada', change, '/resume dev I did it')).toContain('was not obeyed')
    expect(await world.command('radia', change, '/resume dev it was agreed on')).toContain('dev goes on from')
    await stopped(pushed, 'success')
    expect((await world.ledger('dev'))?.commit).not.toBe(first)
    expect(world.runs('dev', 'checkout', '1.9.0')).toBe(true)
  })

  it('because somebody pushed to its rendered branch, and is said once', async () => {
    const { repository, github } = world.demo.shop
    const branch = 'drawbridge/rendered/prod'
    const pull = await world.openPull('ada', 'a word', { 'README.md': (text) => `${text}\nHave fun.\n` })
    await world.quiet()
    await github
      .as('ken')
      .push(repository, branch, { 'prod-eu/checkout/evil.yaml': 'kind: Secret\n' }, 'evil')
    await world.enqueue({ kind: 'record-merge', repository: world.ref })
    await stopped(tipOf('main'), 'failure')
    // The demo's app may open no issue.
    const said = () => pull.comments.filter(({ body }) => body.includes('LEDGER_UNSIGNED'))
    await world.eventually('it is said', () => said().length === 1)
    await world.pass(7 * minute)
    expect(said()).toHaveLength(1)
  })
})

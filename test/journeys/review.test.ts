import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Work } from '../../src/domain/work.ts'
import { aShop, minute, newTag, type World, storyTimeoutMs } from './world.ts'

describe('the review of a pull request', { timeout: storyTimeoutMs }, () => {
  let world: World
  const lines: string[] = []
  beforeAll(async () => {
    world = await aShop({ logLevel: 'debug', onLogLine: (line) => void lines.push(line) })
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

  it('M8 is written once more where somebody deletes it, and put right where somebody edits it', async () => {
    const pull = await world.openPull('ada', 'Checkout 1.9.1', newTag('checkout', 'prod', '1.9.1'))
    const original = await world.eventually('the comment', () => world.comment(pull) || undefined)
    await world.quiet()
    const { github, repository } = world.demo.shop
    const own = () => github.comments(pull).filter(({ author }) => author.type === 'Bot')
    const reviewAgain = async () => {
      await world.enqueue({ kind: 'review-pull', pull: { repository: world.ref, number: pull.number } })
      await world.quiet()
    }
    for (const comment of own()) github.as('grace').deleteComment(comment)
    // A copy of our comment by somebody else is a comment like any other.
    for (let time = 0; time < 3; time += 1) github.as('ken').comment(pull, original)
    await reviewAgain()
    expect(own().map(({ body }) => body)).toEqual([original])

    for (const comment of own())
      github.as('grace').editComment(comment, `${original.split('\n', 1)[0]}\nall is well`)
    await reviewAgain()
    expect(own().map(({ body }) => body)).toEqual([original])

    const written = world.watchWrites()
    await reviewAgain()
    expect(written()).toEqual([])
    expect(github.checks(repository, pull.headSha).length).toBeGreaterThan(0)
  })

  it('S5 shows no secret anywhere: not in comments, checks, logs, pages, figures or the database', async () => {
    const canary = 'kanarie-4f1d9c7e'
    const encoded = Buffer.from(canary).toString('base64')
    const pull = await world.openPull('ada', 'Secrets of every kind', {
      'apps/checkout/base/deployment.yaml': (text) =>
        text.replace(
          '          image:',
          `          env: [{name: API_TOKEN, value: ${canary}}]\n          image:`,
        ),
      'apps/checkout/overlays/dev/kustomization.yaml': (text) =>
        `${text}secretGenerator: [{name: database, literals: [password=${canary}]}]\n`,
    })
    await world.eventually('the comment', () => world.comment(pull).includes('Secret shop/database'))
    await world.quiet()
    const { demo } = world
    const { github, repository } = demo.shop
    const { settings } = demo
    const page = async (path: string) => (await fetch(`${demo.drawbridge.url()}${path}`)).text()
    const audit = await demo.drawbridge.ports.store.audit.list({ limit: 10_000 })
    const files = readdirSync(settings.dataFolder, { withFileTypes: true }).filter((file) => file.isFile())
    const seen: Record<string, string> = {
      comments: JSON.stringify(
        [...repository.pulls.values()].map(({ comments }) => comments.map(({ body }) => body)),
      ),
      checks: JSON.stringify(
        [...repository.pulls.values()].flatMap(({ headSha }) =>
          github.checks(repository, headSha).map(({ output }) => output),
        ),
      ),
      log: lines.join(''),
      audit: JSON.stringify(audit),
      metrics: await page('/metrics'),
      board: await page('/'),
      history: await page('/audit'),
      diff: await page(`/pulls/shop/config/${pull.number}`),
      ...Object.fromEntries(
        files.map(({ name }) => [name, readFileSync(join(settings.dataFolder, name)).toString('latin1')]),
      ),
    }
    const secrets = {
      canary,
      encoded,
      webhook: settings.webhookSecrets[0] ?? '',
      app: settings.privateKey.split('\n')[3] ?? '',
      signing: settings.signingKey.split('\n')[1] ?? '',
      mask: settings.maskKey,
      cluster: /token"?: *"?([\w.-]{8,})/.exec([...settings.kubeconfigs.values()].join('\n'))?.[1] ?? '',
      installation: 'ghs_',
    }
    // What is looked for is long enough to be found, and what is looked at is there.
    expect(Object.values(secrets).filter((secret) => secret.length < 4)).toEqual([])
    expect(Object.entries(seen).filter(([, text]) => text.length < 40)).toEqual([])
    expect(files.some(({ name }) => name.includes('.db') || name.includes('sqlite'))).toBe(true)
    const found = Object.entries(seen).flatMap(([place, text]) =>
      Object.entries(secrets).flatMap(([name, secret]) =>
        text.includes(secret) ? [`${name} in ${place}`] : [],
      ),
    )
    expect(found).toEqual([])
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aShop, newTag, storyTimeoutMs, type World } from './world.ts'

const limits = `
tenants:
  - { name: shop, applications: ["*"], namespaces: [shop] }
`

describe('what a platform team asks of a pull request', { timeout: storyTimeoutMs }, () => {
  let world: World
  beforeAll(async () => {
    world = await aShop()
    await world.stage.push('ken', 'limits', {
      '.drawbridge.yaml': (text) =>
        text.replace(
          '  prod:\n',
          '  prod:\n    signedCommits: { allowedSigners: .github/allowed_signers }\n',
        ) + limits,
    })
    await world.quiet()
  }, storyTimeoutMs)
  afterAll(() => world.close())

  it('an object outside of its tenant closes the gate, on its own line, whoever overrides it', async () => {
    const binding = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: payments-admin
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: payments, namespace: shop }]
`
    const pull = await world.openPull('ada', 'Payments may do everything', {
      'apps/payments/base/service.yaml': (text) => `${text}---\n${binding}`,
    })
    await world.eventually('the closed gate', () => world.gate(pull, 'drawbridge/tenancy') === 'failure')
    const check = world.check(pull, 'drawbridge/tenancy')
    expect(check?.output.text ?? check?.output.summary).toContain('ClusterRoleBinding payments-admin')
    expect(world.gate(pull)).toBe('failure')
    const answer = await world.command('grace', pull, '/override tenancy because I say so')
    expect(answer).toContain('is not a gate that can be overridden')
    expect(world.gate(pull, 'drawbridge/tenancy')).toBe('failure')
    expect(world.comment(pull)).toContain('which concerns the whole cluster')
  })

  it('an object that another application has already, which the change does not touch, closes the gate', async () => {
    const settings = `apiVersion: v1
kind: Service
metadata: { name: checkout }
spec: { selector: { app: payments }, ports: [{ port: 80 }] }
`
    const pull = await world.openPull('ada', 'Payments answer for checkout', {
      'apps/payments/base/service.yaml': (text) => `${text}---\n${settings}`,
    })
    await world.eventually('the closed gate', () => world.gate(pull, 'drawbridge/policy') === 'failure')
    const { text, summary } = world.check(pull, 'drawbridge/policy')!.output
    expect(`${summary}${text}`).toContain('Service shop/checkout is also delivered by checkout in dev')
  })

  it('a commit that nobody signed closes the gate of the environment that asks, and says how to sign', async () => {
    const pull = await world.openPull('ada', 'Payments 3.5.0', newTag('payments', 'prod', '3.5.0'))
    await world.eventually('the closed gate', () => world.gate(pull, 'drawbridge/signatures') === 'failure')
    const { title, summary } = world.check(pull, 'drawbridge/signatures')!.output
    expect(title).toContain('prod asks for signed commits, and 1 commit is not signed')
    expect(summary).toContain('git config gpg.format ssh')
    expect(world.gate(pull, 'drawbridge/tenancy')).toBe('success')

    const elsewhere = await world.openPull('ada', 'Payments 3.5.1', newTag('payments', 'dev', '3.5.1'))
    await world.eventually('its gate', () => world.gate(elsewhere) === 'success')
    expect(world.check(elsewhere, 'drawbridge/signatures')).toBeUndefined()
  })

  it('limits that become narrower are told at once of what runs beyond them, and on the pull request before', async () => {
    const narrower = {
      '.drawbridge.yaml': (text: string) => text.replace('namespaces: [shop]', 'namespaces: [elsewhere]'),
    }
    const pull = await world.openPull('ada', 'Narrower limits', narrower)
    await world.eventually('what would stop', () =>
      world.comment(pull).includes('payments in dev (dev) would not be applied any more: '),
    )
    await world.stage.push('ken', 'narrower limits', narrower)
    const releases = () => world.releases('payments', 'dev')
    await world.eventually('the word on what runs', async () =>
      (await releases()).every(({ phase }) => phase === 'refused'),
    )
    for (const { reason } of await releases()) expect(reason).toContain('limits have become narrower')
  })
})

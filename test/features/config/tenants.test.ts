import { describe, expect, it } from 'vitest'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { parseOrganisation } from '../../../src/features/config/parse-organisation.ts'
import { limitsOf } from '../../../src/features/tenancy/limits-of.ts'

const path = '.drawbridge.yaml'
const environments = 'environments:\n  prod: {}\n'
const target = { application: 'payments', environment: 'prod', cluster: 'prod' }
const parse = (text: string) => parseConfiguration(environments + text, path)

describe('tenants', () => {
  it('are read with their defaults, the first that fits first', () => {
    const { configuration, problems } = parse(`tenants:
  - name: payments
    applications: ["pay*"]
    namespaces: [payments]
    impersonate: { serviceAccount: payments/deployer }
  - { name: rest, applications: ["*"], namespaces: [apps] }
`)
    expect(problems).toEqual([])
    expect(limitsOf(configuration, target)).toEqual([
      {
        name: 'payments',
        clusters: ['*'],
        namespaces: ['payments'],
        clusterKinds: [],
        deniedKinds: ['Role.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io'],
        impersonate: { namespace: 'payments', name: 'deployer' },
        rule: path,
      },
    ])
    expect(limitsOf(configuration, { ...target, application: 'search' })).toMatchObject([{ name: 'rest' }])
  })

  it('limit nothing where there are none', () => {
    expect(limitsOf(parse('').configuration, target)).toBeUndefined()
  })

  /**
   * | written                              | what the application may deliver |
   * | ------------------------------------ | -------------------------------- |
   * | an empty list, no list               | nothing                          |
   * | a tenant with a fault that names it  | nothing, and no later tenant     |
   * | a tenant whose names are unreadable  | nothing                          |
   * | a tenant with a fault for others     | what the next one says           |
   */
  it.each`
    written                                                                                                                        | namespaces | problem
    ${'tenants: []'}                                                                                                               | ${[]}      | ${/^$/}
    ${'tenants: payments'}                                                                                                         | ${[]}      | ${'is not a list of tenants'}
    ${'tenants: [{ name: a, applications: ["*"] }]'}                                                                               | ${[]}      | ${'"namespaces" is missing'}
    ${'tenants: [{ name: a, applications: [1], namespaces: [a] }]'}                                                                | ${[]}      | ${'is not a text'}
    ${'tenants: [{ name: a, applications: [x], namespaces: [a], clustr: [] }, { name: b, applications: ["*"], namespaces: [b] }]'} | ${['b']}   | ${'is not a known key'}
    ${'tenants: [{ name: a, applications: ["*"], namespaces: [a], impersonate: { serviceAccount: deployer } }]'}                   | ${[]}      | ${'is not a service account'}
    ${'tenants: [{ name: a, applications: ["*"], namespaces: [a], impersonate: { serviceAccount: "system:masters/x" } }]'}         | ${[]}      | ${'is not a service account'}
    ${'tenants: [{ name: a, applications: ["*"], namespaces: [a], impersonate: { serviceAccount: drawbridge-system/agent } }]'}    | ${[]}      | ${'is Drawbridge’s own'}
    ${'tenants: [{ name: a, applications: ["*"], namespaces: [a], environments: [prd] }]'}                                         | ${[]}      | ${'there is no environment "prd"'}
    ${'tenants: [{ name: a, applications: [x], namespaces: [a] }, { name: a, applications: ["*"], namespaces: [b] }]'}             | ${[]}      | ${'there are two tenants "a"'}
  `('$written → $namespaces', ({ written, namespaces, problem }) => {
    const { configuration, problems } = parse(written)
    expect(limitsOf(configuration, target)?.[0]?.namespaces).toEqual(namespaces)
    expect(problems.map(({ message }) => message).join()).toMatch(problem)
  })

  it('of an organisation hold besides those of the repository, and its identity goes first', () => {
    const { rules } = parseOrganisation(
      'tenants: [{ name: all, applications: ["*"], namespaces: ["*"], impersonate: { serviceAccount: ci/deployer } }]',
      path,
      'shop/.github: .drawbridge.yaml',
    )
    const own = 'tenants: [{ name: mine, applications: ["*"], namespaces: [payments] }]'
    const { configuration } = parseConfiguration(environments + own, path, undefined, {
      ...rules,
      policies: {},
    })
    expect(limitsOf(configuration, target)?.map(({ name, rule }) => [name, rule])).toEqual([
      ['all', 'shop/.github: .drawbridge.yaml'],
      ['mine', path],
    ])
  })
})

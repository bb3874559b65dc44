import { describe, expect, it } from 'vitest'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { toReconcileSettings } from '../../../src/features/config/to-reconcile-settings.ts'

const parse = (text: string) => parseConfiguration(text, '.drawbridge.yaml')

describe('what the cluster side is told', () => {
  it('is nothing where nothing is written', () => {
    const { configuration } = parse('environments:\n  dev: {}\n')
    expect(toReconcileSettings(configuration, configuration.environments[0]!)).toEqual({})
  })

  it('is what an environment says, and the health rules of all', () => {
    const { configuration, problems } = parse(`
environments:
  dev:
    reconcile:
      stable: 10s
      deadline: 30m
      reportOnly: ["legacy-*"]
      ignore:
        - { applications: [cart], group: apps, kind: Deployment, fields: [/spec/replicas] }
health:
  - { group: "*.shop.example", kind: "*", healthy: 'status.phase == "Done"' }
`)
    expect(problems).toEqual([])
    expect(toReconcileSettings(configuration, configuration.environments[0]!)).toEqual({
      health: [{ group: '*.shop.example', kind: '*', healthy: 'status.phase == "Done"' }],
      stableSeconds: 10,
      deadlineSeconds: 1800,
      reportOnly: ['legacy-*'],
      ignore: [{ applications: ['cart'], group: 'apps', kind: 'Deployment', fields: ['/spec/replicas'] }],
    })
  })

  it('are the limits of today, so that what was released before is asked again', () => {
    const { configuration } = parse(
      'environments:\n  dev: {}\ntenants:\n  - { name: shop, applications: ["*"], namespaces: [shop] }\n',
    )
    const { tenants } = toReconcileSettings(configuration, configuration.environments[0]!)
    expect(tenants).toEqual(configuration.tenants)
    expect(tenants?.[0]?.[0]?.namespaces).toEqual(['shop'])
  })

  it.each`
    case                         | rule                                                                     | message
    ${'no CEL'}                  | ${'{ group: shop.example, kind: Coupon, healthy: "status." }'}           | ${/health\[0\].*CEL/}
    ${'a kind of Kubernetes'}    | ${'{ group: apps, kind: Deployment, healthy: "true" }'}                  | ${/health of Deployment is defined by Kubernetes/}
    ${'nothing that is healthy'} | ${'{ group: shop.example, kind: Coupon, degraded: "true" }'}             | ${/never be healthy/}
    ${'an unknown key'}          | ${'{ group: shop.example, kind: Coupon, healthy: "true", heathy: "x" }'} | ${/heathy/}
  `('a health rule with $case is a problem, and left out', ({ rule, message }) => {
    const { configuration, problems } = parse(`environments:\n  dev: {}\nhealth:\n  - ${rule}\n`)
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)])
    expect(problems[0]?.line).toBe(4)
    expect(configuration.health).toEqual([])
  })

  it('takes JSON pointers only', () => {
    const { problems } = parse(
      'environments:\n  dev:\n    reconcile:\n      ignore:\n        - { fields: [.spec.replicas] }\n',
    )
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/JSON pointer/)])
  })
})

import { describe, expect, it } from 'vitest'
import type { Configuration, Dependency } from '../../../src/domain/configuration.ts'
import { targetKey } from '../../../src/domain/refs.ts'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'
import { resolveDependencies } from '../../../src/features/discovery/resolve-dependencies.ts'
import { unmetDependencies } from '../../../src/features/sync/unmet-dependencies.ts'

function aSource(application: string, more: Partial<RenderSource> = {}): RenderSource {
  return {
    application,
    environment: 'prod',
    clusters: ['eu', 'us'],
    renderer: 'plain',
    path: `apps/${application}/${more.environment ?? 'prod'}`,
    valueFiles: [],
    files: [],
    because: '',
    ...more,
  }
}

function withRules(rules: Record<string, Dependency[]>): Configuration {
  const applications = Object.entries(rules).map(([application, dependsOn]) => ({
    path: `apps/${application}/{environment}`,
    valueFiles: [],
    dependsOn,
  }))
  return { ...parseConfiguration(undefined, '.drawbridge.yaml').configuration, applications }
}
const afterOf = (source: RenderSource | undefined) =>
  (source?.after ?? []).map(({ cluster, targets }) => `${cluster}: ${targets.map(targetKey).join(' ')}`)

describe('what a configuration says must be healthy first', () => {
  const shared = aSource('dns', { environment: 'shared', clusters: ['hub'] })
  it.each`
    dependency                                       | after
    ${{ application: 'database' }}                   | ${['eu: prod/eu/database', 'us: prod/us/database']}
    ${{ application: 'database', cluster: 'eu' }}    | ${['eu: prod/eu/database', 'us: prod/eu/database']}
    ${{ application: 'dns', environment: 'shared' }} | ${['eu: shared/hub/dns', 'us: shared/hub/dns']}
    ${{ application: 'cart', cluster: 'us' }}        | ${['eu: prod/us/cart']}
  `('$dependency → $after', ({ dependency, after }) => {
    const sources = [aSource('cart'), aSource('database'), shared]
    const found = resolveDependencies(sources, withRules({ cart: [dependency] }))
    expect(afterOf(found.sources[0])).toEqual(after)
    expect(found.problems).toEqual([])
  })

  it('is told where it is not delivered', () => {
    const rules = withRules({ cart: [{ application: 'databse' }] })
    expect(resolveDependencies([aSource('cart'), aSource('database')], rules).problems).toMatchObject([
      {
        code: 'DEPENDENCY_UNKNOWN',
        path: 'apps/cart/prod',
        message: expect.stringContaining('databse in prod'),
      },
    ])
  })

  it('is told once where applications wait for each other', () => {
    const rules = withRules({
      a: [{ application: 'b' }],
      b: [{ application: 'c' }],
      c: [{ application: 'b' }],
    })
    const sources = ['a', 'b', 'c'].map((name) => aSource(name, { clusters: ['eu'] }))
    expect(resolveDependencies(sources, rules).problems).toMatchObject([
      {
        code: 'DEPENDENCY_CYCLE',
        path: 'apps/b/prod',
        message: expect.stringContaining('prod/eu/b → prod/eu/c → prod/eu/b'),
      },
    ])
  })
})

describe('what Flux’s objects say must be healthy first', () => {
  const database = { deliveredAs: 'Kustomization/flux-system/database' }
  it.each`
    case                       | dependsOn                 | as                                  | others                                       | after
    ${'by its full name'}      | ${'flux-system/database'} | ${'Kustomization/flux-system/cart'} | ${database}                                  | ${['eu: prod/eu/db']}
    ${'of the same namespace'} | ${'database'}             | ${'Kustomization/flux-system/cart'} | ${database}                                  | ${['eu: prod/eu/db']}
    ${'of another namespace'}  | ${'team/database'}        | ${'Kustomization/flux-system/cart'} | ${database}                                  | ${[]}
    ${'of another kind'}       | ${'database'}             | ${'HelmRelease/flux-system/cart'}   | ${database}                                  | ${[]}
    ${'without namespaces'}    | ${'database'}             | ${'Kustomization/cart'}             | ${{ deliveredAs: 'Kustomization/database' }} | ${['eu: prod/eu/db']}
    ${'on another cluster'}    | ${'database'}             | ${'Kustomization/flux-system/cart'} | ${{ ...database, clusters: ['us'] }}         | ${[]}
  `('$case → $after', ({ dependsOn, as, others, after }) => {
    const cart = aSource('cart', { clusters: ['eu'], deliveredAs: as, dependsOn: [dependsOn] })
    const found = resolveDependencies([cart, aSource('db', { clusters: ['eu'], ...others })], withRules({}))
    expect(afterOf(found.sources[0])).toEqual(after)
    expect(found.problems).toEqual([])
  })
})

describe('a dependency', () => {
  const target = { application: 'database', environment: 'prod', cluster: 'eu' }
  it.each`
    attested     | digest       | phase            | reason
    ${undefined} | ${undefined} | ${undefined}     | ${'is not released yet'}
    ${'d2'}      | ${undefined} | ${undefined}     | ${'nothing is known of it yet'}
    ${'d2'}      | ${'d1'}      | ${'healthy'}     | ${'its newest release is not applied yet'}
    ${'d2'}      | ${'d2'}      | ${'progressing'} | ${'is progressing'}
    ${'d2'}      | ${'d2'}      | ${'degraded'}    | ${'is degraded'}
    ${'d2'}      | ${'d2'}      | ${'healthy'}     | ${undefined}
  `('attested $attested, $digest $phase → $reason', ({ attested, digest, phase, reason }) => {
    const attestation = attested && { digest: attested }
    const release = digest && { digest, phase }
    const [unmet] = unmetDependencies([{ target, attestation, release }])
    expect(unmet?.reason).toBe(reason && `prod/eu/database: ${reason}`)
  })
})

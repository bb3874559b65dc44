import { expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { Tenant } from '../../../src/domain/tenant.ts'
import { describeNarrowing } from '../../../src/features/tenancy/describe-narrowing.ts'
import { aTenant } from '../../builders.ts'

const aMap = (place: string): KubernetesObject => {
  const [namespace = '', name = ''] = place.split('/')
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } }
}
const running = (places: string[], cluster = 'prod-eu', application = 'payments') => ({
  target: { application, environment: 'prod', cluster },
  objects: places.map(aMap),
})
const allowing = (...namespaces: string[]): Partial<Tenant> => ({ applications: ['payments'], namespaces })
const told = (
  what: ReturnType<typeof running>[],
  before: Partial<Tenant> | undefined,
  after: Partial<Tenant> | undefined,
) => {
  const limited = (tenant: Partial<Tenant> | undefined) => (tenant ? { tenants: [[aTenant(tenant)]] } : {})
  return describeNarrowing(what, limited(before), limited(after))
}

/**
 * | beyond the limits now | and then | told                              |
 * | --------------------- | -------- | --------------------------------- |
 * | no                    | no       | –                                 |
 * | no                    | yes      | the objects, and the first reason |
 * | yes                   | yes      | –                                 |
 * | yes                   | no       | –                                 |
 */
it.each([
  ['nothing narrower', allowing('a'), allowing('a', 'b'), []],
  ['no limits before', undefined, allowing('a'), ['ConfigMap b/one', 'the namespace b; allowed: a']],
  [
    'one namespace less',
    allowing('a', 'b'),
    allowing('a'),
    ['ConfigMap b/one', 'the namespace b; allowed: a'],
  ],
  ['refused already', allowing('a'), allowing('a'), []],
  ['more is refused', allowing('a'), allowing('c'), ['ConfigMap a/one', 'the namespace a; allowed: c']],
  ['wider', allowing(), allowing('a', 'b'), []],
  ['none at all', allowing('a', 'b'), undefined, []],
])('%s', (_, before, after, parts) => {
  const sentences = told([running(['a/one', 'b/one'])], before, after)
  expect(sentences).toHaveLength(parts.length > 0 ? 1 : 0)
  for (const part of parts) expect(sentences[0]).toContain(part)
})

it('is one sentence for all clusters that it is the same on, and names five objects', () => {
  const places = Array.from({ length: 7 }, (_, index) => `b/o${index}`)
  const what = [running(places), running(places, 'prod-us'), running(['b/o1'], 'prod-ap')]
  expect(told(what, allowing('b'), allowing('a'))).toEqual([
    'payments in prod (prod-eu, prod-us) would not be applied any more: ' +
      'ConfigMap b/o0, ConfigMap b/o1, ConfigMap b/o2, ConfigMap b/o3, ConfigMap b/o4 and 2 more; ' +
      'tenant payments may not deliver to the namespace b; allowed: a',
    'payments in prod (prod-ap) would not be applied any more: ConfigMap b/o1; ' +
      'tenant payments may not deliver to the namespace b; allowed: a',
  ])
})

it('is told of an application that has lost its tenant', () => {
  expect(told([running(['a/one'])], allowing('a'), { ...allowing('a'), applications: ['other'] })).toEqual([
    expect.stringContaining('ConfigMap a/one; payments belongs to no tenant'),
  ])
})

import { describe, expect, it } from 'vitest'
import type { HealthRuleText } from '../../../src/domain/reconcile-settings.ts'
import { assessHealth } from '../../../src/features/health/assess-health.ts'
import { compileHealthRules } from '../../../src/features/health/health-rule.ts'

const now = 0
const coupon = (status: object, spec: object = {}) => ({
  apiVersion: 'shop.example/v1',
  kind: 'Coupon',
  metadata: { name: 'ten', namespace: 'shop', generation: 1 },
  spec,
  status,
})
const rule = (text: Partial<HealthRuleText>) => ({ group: 'shop.example', kind: 'Coupon', ...text })
const rulesOf = (...texts: HealthRuleText[]) => compileHealthRules(texts).rules

describe('a health rule of the configuration', () => {
  const rules = rulesOf(
    rule({
      progressing: 'status.step == "printing"',
      degraded: 'status.step == "jammed"',
      healthy: 'status.step == "done" && spec.percent < 50',
      message: '"step " + status.step',
    }),
  )
  it.each`
    case                            | status                                     | spec               | expected         | reason
    ${'the first that is true'}     | ${{ step: 'done' }}                        | ${{ percent: 10 }} | ${'Healthy'}     | ${''}
    ${'degraded'}                   | ${{ step: 'jammed' }}                      | ${{}}              | ${'Degraded'}    | ${'Coupon shop/ten: step jammed'}
    ${'none is true'}               | ${{ step: 'waiting' }}                     | ${{}}              | ${'Progressing'} | ${'Coupon shop/ten: step waiting'}
    ${'a field is not there'}       | ${{ step: 'done' }}                        | ${{}}              | ${'Progressing'} | ${'Coupon shop/ten: step done'}
    ${'nothing is there'}           | ${{}}                                      | ${{}}              | ${'Progressing'} | ${'Coupon shop/ten: its controller has not said how it is'}
    ${'another generation is seen'} | ${{ step: 'done', observedGeneration: 2 }} | ${{ percent: 10 }} | ${'Progressing'} | ${'Coupon shop/ten: generation 1 is not seen yet (2 is)'}
  `('$case → $expected', ({ status, spec, expected, reason }) => {
    const health = assessHealth(coupon(status, spec), now, rules)
    expect(health).toEqual({ status: expected, reason })
  })

  it('goes before what ships, and reads as Flux’s expressions do', () => {
    const healthy = "status.conditions.filter(e, e.type == 'Synced').all(e, e.status == 'True')"
    const own = rulesOf({ group: 'bitnami.com', kind: 'SealedSecret', healthy })
    const sealed = { apiVersion: 'bitnami.com/v1', kind: 'SealedSecret', metadata: { name: 'x' } }
    const withCondition = { ...sealed, status: { conditions: [{ type: 'Synced', status: 'True' }] } }
    expect(assessHealth(withCondition, now, own).status).toBe('Healthy')
  })

  it('is found by the kind, its group, or a group above, the nearest first', () => {
    const rules = rulesOf(
      { group: 'shop.example', kind: '*', healthy: 'spec.by == "group"' },
      { group: '*.example', kind: '*', healthy: 'spec.by == "above"' },
      { group: 'shop.example', kind: 'Coupon', healthy: 'spec.by == "kind"' },
    )
    const by = (apiVersion: string, kind: string, by: string) =>
      assessHealth({ apiVersion, kind, metadata: { name: 'x' }, spec: { by } }, now, rules).status
    expect(by('shop.example/v1', 'Coupon', 'kind')).toBe('Healthy')
    expect(by('shop.example/v1', 'Basket', 'group')).toBe('Healthy')
    expect(by('eu.shop.example/v1', 'Coupon', 'above')).toBe('Healthy')
  })

  it.each([
    ['not CEL', 'status.', /./],
    ['too long', `"${'x'.repeat(2_000)}" == ""`, /longer than 2000/],
    [
      'three loops inside of each other',
      'status.a.exists(a, status.a.exists(b, status.a.exists(c, c == a + b)))',
      /more than 2 loops/,
    ],
    ['about a name that is not there', 'request.user == "ada"', /request/],
    ['no question', '"yes"', /gives string, and not bool/],
  ])('is refused as a whole where an expression is or has %s', (_, degraded, reason) => {
    const { rules, faults } = compileHealthRules([rule({ healthy: 'true' }), rule({ degraded })])
    expect(faults).toEqual([{ rule: 1, question: 'degraded', reason: expect.stringMatching(reason) }])
    expect(assessHealth(coupon({}), now, rules).status).toBe('Healthy')
  })

  it('says nothing about lists that are too long to be gone through twice', () => {
    const rules = rulesOf(rule({ healthy: 'status.a.all(a, status.a.exists(b, a == b))' }))
    const list = (length: number) => coupon({ a: Array.from({ length }, (_, index) => index) })
    expect(assessHealth(list(500), now, rules).status).toBe('Healthy')
    expect(assessHealth(list(501), now, rules)).toEqual({
      status: 'Unknown',
      reason: 'Coupon shop/ten: is too large for its health rule',
    })
  })
})

import { describe, expect, it } from 'vitest'
import {
  decideHealthRollback,
  type HealthRollbackFacts,
} from '../../../src/features/rollback/decide-health-rollback.ts'

const now = 1_000 * 60_000

function facts(fields: Partial<HealthRollbackFacts> = {}): HealthRollbackFacts {
  return {
    application: 'checkout',
    environment: 'prod',
    onUnhealthy: 'revert',
    release: {
      target: { application: 'checkout', environment: 'prod', cluster: 'eu' },
      reason: 'pods crash',
    },
    kind: 'change',
    isHeld: false,
    hasGoodRelease: true,
    wasGoodHealthy: true,
    earlierReverts: [],
    irreversible: [],
    ...fields,
  }
}

/*
 * | asked for | guards      | decision                 |
 * | revert    | none        | revert, merged by rule   |
 * | propose   | none        | revert, merged by people |
 * | revert    | a question  | a draft                  |
 * | report    | any         | nothing                  |
 * | any       | one refuses | nothing                  |
 */
describe('decideHealthRollback', () => {
  it.each`
    case                 | fields                                                                                 | kind         | merge
    ${'by rule'}         | ${{}}                                                                                  | ${'revert'}  | ${'rule'}
    ${'by people'}       | ${{ onUnhealthy: 'propose' }}                                                          | ${'revert'}  | ${'people'}
    ${'irreversible'}    | ${{ irreversible: ['Job shop/migrate: ran'] }}                                         | ${'revert'}  | ${'people'}
    ${'never healthy'}   | ${{ wasGoodHealthy: false }}                                                           | ${'revert'}  | ${'people'}
    ${'not asked for'}   | ${{ onUnhealthy: 'report' }}                                                           | ${'nothing'} | ${undefined}
    ${'a revert'}        | ${{ kind: 'revert' }}                                                                  | ${'nothing'} | ${undefined}
    ${'held'}            | ${{ isHeld: true }}                                                                    | ${'nothing'} | ${undefined}
    ${'no good release'} | ${{ hasGoodRelease: false }}                                                           | ${'nothing'} | ${undefined}
    ${'too soon'}        | ${{ earlierReverts: [{ application: 'checkout', environment: 'prod', at: now - 1 }] }} | ${'nothing'} | ${undefined}
    ${'reverted in dev'} | ${{ earlierReverts: [{ application: 'checkout', environment: 'dev', at: now - 1 }] }}  | ${'revert'}  | ${'rule'}
  `('$case → $kind', ({ fields, kind, merge }) => {
    const decision = decideHealthRollback(facts(fields), now)
    expect(decision.kind).toBe(kind)
    expect('merge' in decision ? decision.merge : undefined).toBe(merge)
    expect(decision.reason).not.toBe('')
  })
})

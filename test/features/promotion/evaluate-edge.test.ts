import { describe, expect, it } from 'vitest'
import type { Release } from '../../../src/domain/release.ts'
import { evaluatePromotionEdge } from '../../../src/features/promotion/evaluate-edge.ts'

const minute = 60_000
const rule = {
  from: { environments: ['staging'], need: 1 },
  soakSeconds: 1200,
  isAutomatic: true,
  merge: 'rule' as const,
}

function aRelease(fields: Partial<Release> = {}): Release {
  return {
    target: { application: 'checkout', environment: 'staging', cluster: 'staging' },
    revision: 'a'.repeat(40),
    digest: 'b'.repeat(40),
    phase: 'healthy',
    health: { status: 'Healthy', reason: '' },
    since: 0,
    healthyAt: 0,
    reason: '',
    ...fields,
  }
}

function elsewhere(fields: Partial<Release>): Release {
  return aRelease({ ...fields, target: { ...aRelease().target, cluster: 'staging-us' } })
}

/*
 * | releases in the source            | soak    | outcome |
 * | none known                        | any     | wait    |
 * | one degraded or refused           | any     | block   |
 * | one not healthy yet               | any     | wait    |
 * | all healthy                       | running | wait    |
 * | all healthy                       | over    | pass    |
 */
describe('evaluatePromotionEdge', () => {
  it.each`
    case                        | releases                                              | now                | outcome    | until
    ${'nothing is known'}       | ${[]}                                                 | ${0}               | ${'wait'}  | ${undefined}
    ${'degraded'}               | ${[aRelease({ phase: 'degraded' })]}                  | ${99 * minute}     | ${'block'} | ${undefined}
    ${'refused on one cluster'} | ${[aRelease(), elsewhere({ phase: 'refused' })]}      | ${99 * minute}     | ${'block'} | ${undefined}
    ${'progressing on one'}     | ${[aRelease(), elsewhere({ phase: 'progressing' })]}  | ${99 * minute}     | ${'wait'}  | ${undefined}
    ${'unreachable'}            | ${[aRelease({ phase: 'unreachable' })]}               | ${99 * minute}     | ${'wait'}  | ${undefined}
    ${'healthy, time unknown'}  | ${[aRelease({ healthyAt: undefined })]}               | ${99 * minute}     | ${'wait'}  | ${undefined}
    ${'soaking'}                | ${[aRelease()]}                                       | ${20 * minute - 1} | ${'wait'}  | ${20 * minute}
    ${'soaked'}                 | ${[aRelease()]}                                       | ${20 * minute}     | ${'pass'}  | ${undefined}
    ${'the younger one counts'} | ${[aRelease(), elsewhere({ healthyAt: 5 * minute })]} | ${20 * minute}     | ${'wait'}  | ${25 * minute}
  `('$case → $outcome', ({ releases, now, outcome, until }) => {
    const verdict = evaluatePromotionEdge(rule, { releases }, now)
    expect([verdict.gate, verdict.outcome, verdict.until]).toEqual(['promotion', outcome, until])
  })

  it.each([
    ['nothing is known', []],
    ['one is degraded', [aRelease(), elsewhere({ phase: 'degraded', reason: '1 of 3 ready' })]],
    ['one is not healthy yet', [aRelease(), elsewhere({ phase: 'progressing' })]],
    ['all are healthy', [aRelease()]],
  ])('says where it stands: %s', (_, releases) => {
    expect(evaluatePromotionEdge({ ...rule, soakSeconds: 0 }, { releases }, 99 * minute)).toMatchSnapshot()
  })

  it.each`
    seconds | words
    ${1}    | ${'1 s'}
    ${59}   | ${'59 s'}
    ${60}   | ${'1 min'}
    ${61}   | ${'2 min'}
    ${3540} | ${'59 min'}
    ${3541} | ${'1 h'}
    ${3600} | ${'1 h'}
    ${3601} | ${'1 h 1 min'}
    ${7200} | ${'2 h'}
  `('soaks $seconds s: $words', ({ seconds, words }) => {
    const { reason } = evaluatePromotionEdge({ ...rule, soakSeconds: seconds }, { releases: [aRelease()] }, 0)
    expect(reason).toBe(`healthy in staging; soaks ${words}, ${words} to go`)
  })

  it('says how long it soaks and what is left', () => {
    expect(evaluatePromotionEdge(rule, { releases: [aRelease()] }, 8 * minute).reason).toBe(
      'healthy in staging; soaks 20 min, 12 min to go',
    )
    expect(
      evaluatePromotionEdge({ ...rule, soakSeconds: 3900 }, { releases: [aRelease()] }, 3900_000).reason,
    ).toBe('healthy in staging for 1 h 5 min and more')
    expect(evaluatePromotionEdge({ ...rule, soakSeconds: 0 }, { releases: [aRelease()] }, 0).outcome).toBe(
      'pass',
    )
  })
})

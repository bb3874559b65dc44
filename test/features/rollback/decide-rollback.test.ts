import { describe, expect, it } from 'vitest'
import { decideRollback, type RollbackFacts } from '../../../src/features/rollback/decide-rollback.ts'

const minute = 60_000
const now = 1_000 * minute
const sequential = {
  state: 'breached' as const,
  reason: '100 of 1000 events failed',
  evidence: 9,
  limit: 7,
  tolerated: 0.001,
}
const reverted = (minutesAgo: number, application = 'other') => ({
  application,
  environment: 'prod',
  at: now - minutesAgo * minute,
})

function facts(fields: Partial<RollbackFacts> = {}): RollbackFacts {
  return {
    slo: {
      name: 's',
      application: 'checkout',
      environment: 'prod',
      objective: 0.999,
      windowDays: 30,
      badEvents: 'bad',
      totalEvents: 'total',
      onBreach: 'revert',
    },
    kind: 'promotion',
    revision: 'c',
    appliedAt: now - 5 * minute,
    burnRate: { state: 'healthy', reason: '' },
    sequential,
    attribution: { result: 'attributed', score: 0.95, suspects: [], evidence: ['the new version fails'] },
    earlierReverts: [],
    alsoBreaching: [],
    irreversible: [],
    isHeld: false,
    hasGoodRelease: true,
    wasGoodHealthy: true,
    ...fields,
  }
}

/*
 * | sequential   | burn rate | guards        | decision |
 * | unknown      | not breached | any        | wait     |
 * | any          | blind     | not breached  | wait     |
 * | inconclusive | healthy   | any           | wait     |
 * | healthy      | healthy   | any           | nothing  |
 * | one of both breached     | any stops     | report   |
 * | one of both breached     | none stops    | revert   |
 */
describe('decideRollback', () => {
  it.each`
    case                               | fields                                                                                              | kind
    ${'breached and attributed'}       | ${{}}                                                                                               | ${'revert'}
    ${'the slow rule alone'}           | ${{ sequential: { ...sequential, state: 'healthy' }, burnRate: { state: 'breached', reason: '' } }} | ${'revert'}
    ${'healthy'}                       | ${{ sequential: { ...sequential, state: 'healthy' } }}                                              | ${'nothing'}
    ${'too little traffic'}            | ${{ sequential: { ...sequential, state: 'inconclusive' } }}                                         | ${'wait'}
    ${'no metrics'}                    | ${{ sequential: undefined, burnRate: { state: 'blind', reason: '' } }}                              | ${'wait'}
    ${'healthy so far, half blind'}    | ${{ sequential: { ...sequential, state: 'healthy' }, burnRate: { state: 'blind', reason: '' } }}    | ${'wait'}
    ${'breached, half blind'}          | ${{ burnRate: { state: 'blind', reason: '' } }}                                                     | ${'report'}
    ${'counts since unknown'}          | ${{ sequential: undefined, burnRate: { state: 'breached', reason: '' } }}                           | ${'report'}
    ${'a report was asked for'}        | ${{ slo: { ...facts().slo, onBreach: 'report' } }}                                                  | ${'report'}
    ${'a revert'}                      | ${{ kind: 'revert' }}                                                                               | ${'report'}
    ${'held'}                          | ${{ isHeld: true }}                                                                                 | ${'report'}
    ${'at the end of the watch'}       | ${{ appliedAt: now - 60 * minute }}                                                                 | ${'revert'}
    ${'after the watch'}               | ${{ appliedAt: now - 60 * minute - 1 }}                                                             | ${'report'}
    ${'two others breach'}             | ${{ alsoBreaching: ['a', 'b'] }}                                                                    | ${'revert'}
    ${'three others breach'}           | ${{ alsoBreaching: ['a', 'b', 'c'] }}                                                               | ${'report'}
    ${'not attributed'}                | ${{ attribution: { result: 'not-attributable', score: 0.7, evidence: [] } }}                        | ${'report'}
    ${'attribution unknown'}           | ${{ attribution: undefined }}                                                                       | ${'report'}
    ${'no good release'}               | ${{ hasGoodRelease: false }}                                                                        | ${'report'}
    ${'reverted 59 minutes ago'}       | ${{ earlierReverts: [reverted(59, 'checkout')] }}                                                   | ${'report'}
    ${'reverted 60 minutes ago'}       | ${{ earlierReverts: [reverted(60, 'checkout')] }}                                                   | ${'revert'}
    ${'another was reverted just now'} | ${{ earlierReverts: [reverted(1)] }}                                                                | ${'revert'}
    ${'two reverts today'}             | ${{ earlierReverts: [reverted(90), reverted(80)] }}                                                 | ${'revert'}
    ${'three reverts today'}           | ${{ earlierReverts: [reverted(90), reverted(80), reverted(70)] }}                                   | ${'report'}
    ${'three reverts until yesterday'} | ${{ earlierReverts: [reverted(1440), reverted(80), reverted(70)] }}                                 | ${'revert'}
  `('$case → $kind', ({ fields, kind }) => {
    const decision = decideRollback(facts(fields), now)
    expect(decision.kind).toBe(kind)
    expect(decision.reason).not.toBe('')
  })

  it.each`
    case                                            | onBreach     | fields                                              | merge       | questions
    ${'asked for'}                                  | ${'revert'}  | ${{}}                                               | ${'rule'}   | ${0}
    ${'a proposal was asked for'}                   | ${'propose'} | ${{}}                                               | ${'people'} | ${0}
    ${'it would not undo a Job'}                    | ${'revert'}  | ${{ irreversible: ['Job shop/migrate: ran'] }}      | ${'people'} | ${1}
    ${'the release before was never healthy'}       | ${'revert'}  | ${{ wasGoodHealthy: false }}                        | ${'people'} | ${1}
    ${'X12: it was taken back an hour ago'}         | ${'revert'}  | ${{ earlierReverts: [reverted(60, 'checkout')] }}   | ${'people'} | ${1}
    ${'X12: it was taken back just within the day'} | ${'revert'}  | ${{ earlierReverts: [reverted(1439, 'checkout')] }} | ${'people'} | ${1}
    ${'it was taken back a day ago'}                | ${'revert'}  | ${{ earlierReverts: [reverted(1440, 'checkout')] }} | ${'rule'}   | ${0}
    ${'another one was taken back today'}           | ${'revert'}  | ${{ earlierReverts: [reverted(60)] }}               | ${'rule'}   | ${0}
  `('$case → merged by $merge', ({ onBreach, fields, merge, questions }) => {
    const slo = { ...facts().slo, onBreach }
    const decision = decideRollback(facts({ slo, ...fields }), now)
    expect(decision).toMatchObject({ kind: 'revert', merge })
    expect(decision.questions).toHaveLength(questions)
  })

  const doubtful = (score: number, revision = 'c') => ({
    result: 'not-attributable' as const,
    score,
    suspects: [
      { application: 'checkout', revision, appliedAt: now, score },
      { application: 'cart', revision: 'd'.repeat(40), appliedAt: now, score: 0.2 },
    ],
    evidence: [],
  })
  it.each`
    case                              | attribution           | kind
    ${'the likeliest cause, at half'} | ${doubtful(0.5)}      | ${'revert'}
    ${'below'}                        | ${doubtful(0.49)}     | ${'report'}
    ${'another release is likelier'}  | ${doubtful(0.7, 'b')} | ${'report'}
  `('asks a person in doubt: $case → $kind', ({ attribution, kind }) => {
    const decision = decideRollback(facts({ attribution }), now)
    expect(decision.kind).toBe(kind)
    expect(decision.merge).toBe(kind === 'revert' ? 'people' : undefined)
    expect((decision.questions ?? []).join('')).toMatch(kind === 'revert' ? /cart ddddddd \(20 %\)/ : /^$/)
  })

  it('never reverts a revert, whatever else is true', () => {
    for (const earlierReverts of [[], [reverted(500, 'checkout')]]) {
      expect(decideRollback(facts({ kind: 'revert', earlierReverts }), now).kind).toBe('report')
    }
  })
})

import { expect, it } from 'vitest'
import type { SloState } from '../../../src/domain/slo.ts'
import { askSourceSlos } from '../../../src/features/promotion/ask-source-slos.ts'
import { evaluatePromotion } from '../../../src/features/promotion/evaluate-promotion.ts'
import type { SourceVerdict } from '../../../src/features/promotion/evaluate-source.ts'
import { anEnvironment, aPromotion, aRelease } from '../../builders.ts'

const through: SourceVerdict = {
  gate: 'promotion',
  outcome: 'pass',
  reason: 'healthy in staging',
  details: [],
  through: [{ application: 'checkout', environment: 'staging', targets: [] }],
}

function slos(states: readonly SloState[], environment = 'staging') {
  return states.map((state) => ({
    name: state,
    application: 'checkout',
    environment,
    state,
    reason: 'so it was measured',
  }))
}

/*
 * | demanded     | healthy | breached, whoever caused it | inconclusive or blind |
 * | nothing      | pass    | pass                        | pass                  |
 * | not-breached | pass    | wait                        | pass, and it is said  |
 * | healthy      | pass    | wait                        | wait                  |
 */
it.each`
  demand            | states                          | outcome   | reason                                              | details
  ${undefined}      | ${['breached', 'blind']}        | ${'pass'} | ${'healthy in staging'}                             | ${[]}
  ${'not-breached'} | ${['healthy']}                  | ${'pass'} | ${'healthy in staging'}                             | ${[]}
  ${'not-breached'} | ${['breached', 'healthy']}      | ${'wait'} | ${'staging burns an SLO'}                           | ${['breached']}
  ${'not-breached'} | ${['not-attributable']}         | ${'wait'} | ${'staging burns an SLO'}                           | ${['not-attributable']}
  ${'not-breached'} | ${['inconclusive', 'blind']}    | ${'pass'} | ${'healthy in staging'}                             | ${['inconclusive', 'blind']}
  ${'not-breached'} | ${['inconclusive', 'breached']} | ${'wait'} | ${'staging burns an SLO'}                           | ${['breached', 'inconclusive']}
  ${'healthy'}      | ${['healthy']}                  | ${'pass'} | ${'healthy in staging'}                             | ${[]}
  ${'healthy'}      | ${['breached']}                 | ${'wait'} | ${'staging burns an SLO'}                           | ${['breached']}
  ${'healthy'}      | ${['healthy', 'inconclusive']}  | ${'wait'} | ${'nobody can tell whether staging keeps its SLOs'} | ${['inconclusive']}
  ${'healthy'}      | ${['blind']}                    | ${'wait'} | ${'nobody can tell whether staging keeps its SLOs'} | ${['blind']}
`('$demand of $states → $outcome', ({ demand, states, outcome, reason, details }) => {
  const verdict = askSourceSlos(through, 'staging', demand, slos(states))
  expect([verdict.outcome, verdict.reason]).toEqual([outcome, reason])
  expect(verdict.through).toHaveLength(outcome === 'pass' ? 1 : 0)
  expect(verdict.details).toEqual(
    details.map((state: SloState) => `SLO “${state}” in staging is ${state}: so it was measured`),
  )
})

it('says where there is none, and opens nothing that is closed', () => {
  expect(askSourceSlos(through, 'staging', 'healthy', []).details).toEqual(['it has no SLO in staging'])
  const waiting = { ...through, outcome: 'wait' as const }
  expect(askSourceSlos(waiting, 'staging', 'healthy', slos(['healthy']))).toBe(waiting)
})

it('is asked by the gate of each environment by itself', () => {
  const from = { environments: ['eu', 'us'], need: 1 }
  const rule = { from, soakSeconds: 0, isAutomatic: true, merge: 'rule' as const, slos: 'healthy' as const }
  const environments = [anEnvironment({ promotion: rule })]
  const releases = ['eu', 'us'].map((environment) =>
    aRelease({ target: { application: 'checkout', environment, cluster: environment }, healthyAt: 0 }),
  )
  const verdictWith = (us: SloState) =>
    evaluatePromotion(
      aPromotion({ from: ['eu', 'us'] }),
      { environments, releases, slos: [...slos(['breached'], 'eu'), ...slos([us], 'us')] },
      1,
    ).outcome
  expect([verdictWith('healthy'), verdictWith('blind')]).toEqual(['pass', 'wait'])
})

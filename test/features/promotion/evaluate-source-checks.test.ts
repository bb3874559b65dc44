import { expect, it } from 'vitest'
import type { CheckAnswer } from '../../../src/domain/check-answer.ts'
import { evaluatePromotion } from '../../../src/features/promotion/evaluate-promotion.ts'
import { evaluateSourceChecks } from '../../../src/features/promotion/evaluate-source-checks.ts'
import { anEnvironment, aPromotion, aRelease } from '../../builders.ts'

const sha = 'c'.repeat(40)
const older = 'd'.repeat(40)
const byApp = { name: 'e2e', app: 'ci' }

const run = (says: string, by = 'ci[bot]', name = 'e2e'): CheckAnswer => ({ name, kind: 'run', by, says })
const status = (says: string, by = 'ci[bot]'): CheckAnswer => ({ name: 'e2e', kind: 'status', by, says })

/*
 * | what GitHub has of the name, by the app where one is named | outcome |
 * | one or more, each of them success                          | pass    |
 * | one at least failed, was cancelled or needs somebody       | block   |
 * | one at least is neutral, skipped or stale: it says nothing | block   |
 * | one at least is not over                                   | wait    |
 * | nothing, or nothing by that app                            | wait    |
 * | nobody knows: it may not be read, or was not               | wait    |
 */
it.each`
  case                                   | app          | answers                                          | outcome    | detail
  ${'a green run'}                       | ${'ci'}      | ${[run('success')]}                              | ${'pass'}  | ${undefined}
  ${'a green status'}                    | ${'ci'}      | ${[status('success')]}                           | ${'pass'}  | ${undefined}
  ${'green, by whomever'}                | ${undefined} | ${[status('success', 'eve')]}                    | ${'pass'}  | ${undefined}
  ${'missing'}                           | ${'ci'}      | ${[]}                                            | ${'wait'}  | ${'the check “e2e” by the app ci is not there'}
  ${'missing, of anybody'}               | ${undefined} | ${[]}                                            | ${'wait'}  | ${'the check “e2e” is not there'}
  ${'another name'}                      | ${'ci'}      | ${[run('success', 'ci[bot]', 'E2E')]}            | ${'wait'}  | ${'the check “e2e” by the app ci is not there'}
  ${'queued'}                            | ${'ci'}      | ${[run('queued')]}                               | ${'wait'}  | ${'the check “e2e” by the app ci is queued'}
  ${'in progress'}                       | ${'ci'}      | ${[run('in_progress')]}                          | ${'wait'}  | ${'the check “e2e” by the app ci is in_progress'}
  ${'pending'}                           | ${'ci'}      | ${[status('pending')]}                           | ${'wait'}  | ${'the check “e2e” by the app ci is pending'}
  ${'a word that nobody knows'}          | ${'ci'}      | ${[run('splendid')]}                             | ${'wait'}  | ${'the check “e2e” by the app ci is splendid'}
  ${'neutral'}                           | ${'ci'}      | ${[run('neutral')]}                              | ${'block'} | ${'the check “e2e” by the app ci is neutral'}
  ${'skipped'}                           | ${'ci'}      | ${[run('skipped')]}                              | ${'block'} | ${'the check “e2e” by the app ci is skipped'}
  ${'stale'}                             | ${'ci'}      | ${[run('stale')]}                                | ${'block'} | ${'the check “e2e” by the app ci is stale'}
  ${'failed'}                            | ${'ci'}      | ${[run('failure')]}                              | ${'block'} | ${'the check “e2e” by the app ci is failure'}
  ${'too slow'}                          | ${'ci'}      | ${[run('timed_out')]}                            | ${'block'} | ${'the check “e2e” by the app ci is timed_out'}
  ${'cancelled'}                         | ${'ci'}      | ${[run('cancelled')]}                            | ${'block'} | ${'the check “e2e” by the app ci is cancelled'}
  ${'a status in error'}                 | ${'ci'}      | ${[status('error')]}                             | ${'block'} | ${'the check “e2e” by the app ci is error'}
  ${'forged as a status by a person'}    | ${'ci'}      | ${[status('success', 'eve')]}                    | ${'wait'}  | ${'the check “e2e” is by eve, and has to be by the app ci'}
  ${'by a person of the app’s name'}     | ${'ci'}      | ${[status('success', 'ci')]}                     | ${'wait'}  | ${'the check “e2e” is by ci, and has to be by the app ci'}
  ${'forged by another app'}             | ${'ci'}      | ${[run('success', 'eve-ci[bot]')]}               | ${'wait'}  | ${'the check “e2e” is by eve-ci[bot], and has to be by the app ci'}
  ${'forged over the app’s own failure'} | ${'ci'}      | ${[status('success', 'eve'), status('failure')]} | ${'block'} | ${'the check “e2e” by the app ci is failure'}
  ${'red by somebody else'}              | ${'ci'}      | ${[status('failure', 'eve'), run('success')]}    | ${'pass'}  | ${undefined}
  ${'two suites, one not over'}          | ${'ci'}      | ${[run('success'), run('queued')]}               | ${'wait'}  | ${'the check “e2e” by the app ci is queued'}
  ${'two suites, one red'}               | ${undefined} | ${[run('queued'), run('failure', 'other[bot]')]} | ${'block'} | ${'the check “e2e” is failure'}
  ${'a run and a status, one red'}       | ${undefined} | ${[run('success'), status('failure')]}           | ${'block'} | ${'the check “e2e” is failure'}
  ${'a newer status over an older one'}  | ${undefined} | ${[status('success'), status('failure', 'eve')]} | ${'pass'}  | ${undefined}
  ${'an older status under a newer one'} | ${undefined} | ${[status('pending', 'eve'), status('success')]} | ${'wait'}  | ${'the check “e2e” is pending'}
`('$case → $outcome', ({ app, answers, outcome, detail }) => {
  const demanded = [{ name: 'e2e', ...(app && { app }) }]
  const verdict = evaluateSourceChecks(demanded, sha, [{ sha, answers }])
  expect(verdict).toMatchObject({ gate: 'promotion', outcome, details: detail === undefined ? [] : [detail] })
  expect(verdict.reason).toContain(sha.slice(0, 7))
  expect(verdict.fix === undefined).toBe(outcome !== 'block')
})

it('needs every one of them, and tells of each that is missing', () => {
  const demanded = [byApp, { name: 'load' }, { name: 'scan' }]
  const verdict = (load: string) =>
    evaluateSourceChecks(demanded, sha, [{ sha, answers: [run('success'), run(load, 'eve', 'load')] }])
  expect(verdict('success').details).toEqual(['the check “scan” is not there'])
  expect(verdict('failure')).toMatchObject({
    outcome: 'block',
    details: ['the check “load” is failure', 'the check “scan” is not there'],
    fix: 'have them run again on ccccccc, or promote another version',
  })
})

it('opens nothing by what was said of another commit, or by what nobody could read', () => {
  const green = [run('success')]
  expect(evaluateSourceChecks([byApp], sha, [{ sha: older, answers: green }]).outcome).toBe('wait')
  expect(evaluateSourceChecks([byApp], sha, [{ sha }])).toMatchObject({
    outcome: 'wait',
    reason: 'nobody can tell whether the checks on ccccccc are green',
    fix: expect.stringContaining('commit statuses'),
  })
  expect(evaluateSourceChecks([byApp], undefined, [{ sha, answers: green }]).outcome).toBe('wait')
})

it('is asked by the gate of each environment, of the commit that is carried from there', () => {
  const from = { environments: ['eu', 'us'], need: 1 }
  const rule = { from, soakSeconds: 0, isAutomatic: true, merge: 'rule' as const, checks: [byApp] }
  const environments = [anEnvironment({ promotion: rule })]
  const carries = [sha, older].map((revision, index) => ({
    application: 'checkout',
    environment: from.environments[index] ?? '',
    revision,
  }))
  const releases = carries.map(({ environment, revision }) =>
    aRelease({
      target: { application: 'checkout', environment, cluster: environment },
      revision,
      healthyAt: 0,
    }),
  )
  const states = releases.map(({ target: { application, environment, cluster }, revision, digest }) => ({
    application,
    environment,
    targets: [{ cluster, revision, digest }],
  }))
  const verdictOf = (answers: CheckAnswer[], proposal = aPromotion({ from: ['eu', 'us'], carries })) =>
    evaluatePromotion(proposal, { environments, releases, states, checks: [{ sha: older, answers }] }, 1)
  expect(verdictOf([run('success')])).toMatchObject({
    outcome: 'pass',
    details: ['every check is green on ddddddd'],
  })
  expect(verdictOf([run('failure')]).outcome).toBe('wait')
  expect(verdictOf([run('success')], aPromotion({ from: ['eu', 'us'] })).outcome).toBe('wait')
})

import { expect, it } from 'vitest'
import { freezePreview, type PreviewFacts } from '../../../src/features/commands/freeze-preview.ts'
import { anEnvironment, aRollout } from '../../builders.ts'

const checkout = { environment: 'prod', application: 'checkout' }
const search = { environment: 'prod', application: 'search' }
const elsewhere = { environment: 'dev', application: 'checkout' }

const promotion = {
  from: { environments: ['staging'], need: 1 },
  soakSeconds: 0,
  isAutomatic: true,
  merge: 'rule' as const,
}

function facts(overrides: Partial<PreviewFacts> = {}): PreviewFacts {
  return {
    places: [{ environment: 'prod', application: '*' }],
    pulls: [],
    environments: [anEnvironment()],
    rollouts: [],
    ...overrides,
  }
}

const pull = (changes: PreviewFacts['places'] | undefined, isRevert = false) => ({
  pulls: [{ number: 12, title: 'Checkout 1.9.0', changes, isRevert }],
})
const rollout = (more = {}) => ({ rollouts: [{ ...aRollout(more), environment: 'prod' }] })

/*
 * | what is under way                | a freeze of its place |
 * | -------------------------------- | --------------------- |
 * | an open pull request             | waits                 |
 * | an open revert                   | passes                |
 * | one that nobody looked at        | may wait; a revert passes |
 * | a roll-out between waves         | stays                 |
 * | a roll-out that stopped          | is stopped anyhow     |
 * | automatic promotions             | wait                  |
 */
it.each`
  case                            | given                                                                                     | said
  ${'nothing is under way'}       | ${{}}                                                                                     | ${[]}
  ${'a pull request there'}       | ${pull([checkout])}                                                                       | ${['pull request 12 would wait: Checkout 1.9.0']}
  ${'one elsewhere'}              | ${pull([elsewhere])}                                                                      | ${[]}
  ${'one of another application'} | ${{ ...pull([search]), places: [checkout] }}                                              | ${[]}
  ${'one there and elsewhere'}    | ${pull([elsewhere, checkout])}                                                            | ${['pull request 12 would wait: Checkout 1.9.0']}
  ${'one of this application'}    | ${{ ...pull([checkout]), places: [elsewhere, checkout] }}                                 | ${['pull request 12 would wait: Checkout 1.9.0']}
  ${'one that changes nothing'}   | ${pull([])}                                                                               | ${[]}
  ${'one that nobody looked at'}  | ${pull(undefined)}                                                                        | ${['pull request 12 was not looked at yet: it may wait']}
  ${'a revert nobody looked at'}  | ${pull(undefined, true)}                                                                  | ${[]}
  ${'a revert'}                   | ${pull([checkout], true)}                                                                 | ${[]}
  ${'a roll-out'}                 | ${rollout()}                                                                              | ${['checkout in prod would stay at wave 1 of 2']}
  ${'a roll-out that stopped'}    | ${rollout({ stopped: 'degraded' })}                                                       | ${[]}
  ${'automatic promotions'}       | ${{ environments: [anEnvironment({ promotion })] }}                                       | ${['automatic promotions from staging to prod would wait']}
  ${'and somewhere else'}         | ${{ environments: [anEnvironment({ promotion })], places: [elsewhere, checkout] }}        | ${['automatic promotions from staging to prod would wait']}
  ${'promotions elsewhere'}       | ${{ environments: [anEnvironment({ promotion })], places: [elsewhere] }}                  | ${[]}
  ${'promotions by hand'}         | ${{ environments: [anEnvironment({ promotion: { ...promotion, isAutomatic: false } })] }} | ${[]}
`('$case: $said', ({ given, said }) => {
  expect(freezePreview(facts(given))).toEqual(said)
})

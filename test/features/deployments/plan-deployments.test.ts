import { describe, expect, it } from 'vitest'
import type { Attestation, Release, ReleasePhase, Rollout } from '../../../src/domain/release.ts'
import { type DeploymentFacts, planDeployments } from '../../../src/features/deployments/plan-deployments.ts'

const place = (cluster: string, different: Partial<Attestation> = {}): Attestation => ({
  target: { application: 'checkout', environment: 'prod', cluster },
  revision: 'r2',
  digest: 'd2',
  source: '',
  pull: { number: 7, title: '', author: { id: '1', login: 'ada', isBot: false }, approvedBy: [] },
  kind: 'change',
  verdicts: [],
  images: {},
  at: 0,
  ...different,
})
const heard = (...phases: [cluster: string, phase: ReleasePhase, digest?: string][]) =>
  new Map(
    phases.map(([cluster, phase, digest = 'd2']): [string, Release] => {
      const target = { application: 'checkout', environment: 'prod', cluster }
      const health = { status: 'Unknown', reason: '' } as const
      return [
        `prod/${cluster}/checkout`,
        { target, revision: '', digest, phase, health, since: 0, reason: '' },
      ]
    }),
  )
const rollout: Rollout = {
  application: 'checkout',
  revision: 'r2',
  waves: [['eu'], ['us', 'asia']],
  reached: 0,
}
const plan = (different: Partial<DeploymentFacts>) =>
  planDeployments({
    environment: { name: 'prod', isProtected: true, url: 'https://shop.example' },
    isSource: false,
    attestations: [place('eu'), place('us')],
    rollouts: [],
    releases: heard(['eu', 'healthy'], ['us', 'healthy']),
    known: [],
    page: (pull) => `/pulls/${pull ?? ''}`,
    ...different,
  })

/*
 * | places of the revision                  | state         |
 * | --------------------------------------- | ------------- |
 * | all healthy, no wave to come            | success       |
 * | one degraded or refused, or stopped     | failure       |
 * | not picked up, on the way, out of reach | in_progress   |
 * | a wave is still to come                 | in_progress   |
 */
it.each`
  case                          | facts                                                                           | state            | description
  ${'healthy everywhere'}       | ${{}}                                                                           | ${'success'}     | ${'2 of 2 places healthy'}
  ${'not picked up everywhere'} | ${{ releases: heard(['eu', 'healthy'], ['us', 'healthy', 'd1']) }}              | ${'in_progress'} | ${'1 of 2 places healthy'}
  ${'out of reach somewhere'}   | ${{ releases: heard(['eu', 'healthy'], ['us', 'unreachable']) }}                | ${'in_progress'} | ${'1 of 2 places healthy'}
  ${'degraded somewhere'}       | ${{ releases: heard(['eu', 'healthy'], ['us', 'degraded']) }}                   | ${'failure'}     | ${'1 of 2 places healthy, 1 failed'}
  ${'refused somewhere'}        | ${{ releases: heard(['eu', 'refused'], ['us', 'healthy']) }}                    | ${'failure'}     | ${'1 of 2 places healthy, 1 failed'}
  ${'a wave is still to come'}  | ${{ attestations: [place('eu')], rollouts: [rollout] }}                         | ${'in_progress'} | ${'1 of 3 places healthy'}
  ${'the roll-out was stopped'} | ${{ attestations: [place('eu')], rollouts: [{ ...rollout, stopped: 'slow' }] }} | ${'failure'}     | ${'1 of 3 places healthy'}
`('$case: $state', ({ facts, state, description }) => {
  expect(plan(facts)).toMatchObject([{ revision: 'r2', state, description }])
})

describe('deployments', () => {
  it('say where to look, and whether the environment is production', () => {
    expect(plan({})).toMatchObject([
      { isProduction: true, url: 'https://shop.example', logUrl: '/pulls/7', applications: ['checkout'] },
    ])
    expect(plan({ isSource: true })[0]?.isProduction).toBe(false)
    expect(plan({ environment: { name: 'prod', isProtected: false } })[0]?.isProduction).toBe(false)
  })

  it('are not written again', () => {
    expect(plan({ known: [{ id: '1', revision: 'r2', state: 'success' }] })).toEqual([])
  })

  it('of a revision that nothing runs any more end', () => {
    const known = [{ id: '1', revision: 'r1', state: 'success' as const }]
    expect(plan({ known }).map(({ revision, state }) => [revision, state])).toEqual([
      ['r1', 'inactive'],
      ['r2', 'success'],
    ])
  })

  it('stand side by side for applications at different revisions', () => {
    const other = place('eu', {
      revision: 'r1',
      target: { application: 'cart', environment: 'prod', cluster: 'eu' },
    })
    const both = plan({ attestations: [place('eu'), other] })
    expect(both.map(({ revision, applications }) => [revision, applications])).toEqual([
      ['r2', ['checkout']],
      ['r1', ['cart']],
    ])
  })

  it('are none of what was found at the beginning', () => {
    expect(plan({ attestations: [place('eu', { kind: 'baseline' })] })).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import type { Release } from '../../../src/domain/release.ts'
import { targetKey } from '../../../src/domain/refs.ts'
import { boardRows } from '../../../src/features/rollout/board-rows.ts'
import type { BoardRow } from '../../../src/features/review/review-view.ts'
import { aPull, aRelease, aRollout, anAttestation, anEnvironment, noon } from '../../builders.ts'

const { title, author } = aPull()
const held = anAttestation({ digest: 'd1', pull: { number: 12, title, author, approvedBy: [] } })

function byTarget(...releases: Release[]) {
  return new Map(releases.map((release) => [targetKey(release.target), release]))
}

function rowsOf(
  state: Partial<Parameters<typeof boardRows>[2][number]>,
  releases = byTarget(),
  pull = 12,
): BoardRow[] {
  return boardRows(
    pull,
    [anEnvironment()],
    [{ environment: 'prod', attestations: [], rollouts: [], ...state }],
    releases,
  )
}

/**
 * | the target                              | row                                  |
 * | --------------------------------------- | ------------------------------------ |
 * | attested, reconciled at that digest     | the reconciler's word                |
 * | attested, reconciled at an earlier one  | pending, not yet picked up           |
 * | attested, never heard of                | pending, not yet picked up           |
 * | of a wave to come                       | pending, waits for the wave before   |
 * | of a wave to come, stopped              | pending, stopped and why             |
 * | attested by another pull request        | none                                 |
 */
describe('boardRows', () => {
  it.each<[string, BoardRow[], object[]]>([
    [
      'reconciled',
      rowsOf({ attestations: [held] }, byTarget(aRelease({ reason: 'all pods run', since: noon + 5 }))),
      [
        {
          cluster: 'prod-eu',
          wave: 1,
          phase: 'healthy',
          health: 'Healthy',
          reason: 'all pods run',
          since: noon + 5,
        },
      ],
    ],
    [
      'an earlier digest',
      rowsOf({ attestations: [held] }, byTarget(aRelease({ digest: 'd0' }))),
      [
        {
          phase: 'pending',
          health: 'Unknown',
          reason: 'committed to the rendered ref, not yet picked up',
          since: noon,
        },
      ],
    ],
    ['unheard', rowsOf({ attestations: [held] }), [{ phase: 'pending', since: noon }]],
    [
      'a wave to come',
      rowsOf({ rollouts: [aRollout()] }),
      [
        {
          application: 'checkout',
          environment: 'prod',
          cluster: 'prod-us',
          wave: 2,
          phase: 'pending',
          reason: 'waits for the wave before it',
        },
      ],
    ],
    [
      'stopped',
      rowsOf({ rollouts: [aRollout({ stopped: 'prod-eu: failed' })] }),
      [{ cluster: 'prod-us', reason: 'stopped: prod-eu: failed' }],
    ],
    ['all waves written', rowsOf({ rollouts: [aRollout({ reached: 1 })] }), []],
    ['of another pull request', rowsOf({ attestations: [held], rollouts: [aRollout()] }, byTarget(), 13), []],
    ['an environment that is not configured', rowsOf({ environment: 'old', attestations: [held] }), []],
  ])('%s', (_, rows, expected) => {
    expect(rows).toMatchObject(expected)
    expect(rows).toHaveLength(expected.length)
  })

  it('shows drift only of the digest it was found on', () => {
    const drift = {
      at: noon,
      object: 'Deployment shop/checkout',
      fields: ['spec.replicas'],
      healed: true,
      count: 1,
    }
    const rows = (digest: string) => rowsOf({ attestations: [held] }, byTarget(aRelease({ digest, drift })))
    expect(rows('d1')[0]?.drift).toEqual(drift)
    expect(rows('d0')[0]?.drift).toBeUndefined()
  })

  it('keeps the order of the configuration', () => {
    const environments = ['dev', 'prod'].map((name) => anEnvironment({ name, waves: [[name]] }))
    const states = ['prod', 'dev'].map((environment) => ({
      environment,
      attestations: [{ ...held, target: { application: 'checkout', environment, cluster: environment } }],
      rollouts: [],
    }))
    expect(boardRows(12, environments, states, byTarget()).map(({ environment }) => environment)).toEqual([
      'dev',
      'prod',
    ])
  })
})

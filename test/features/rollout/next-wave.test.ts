import { describe, expect, it } from 'vitest'
import { nextWave } from '../../../src/features/rollout/next-wave.ts'
import type { ReleasePhase } from '../../../src/domain/release.ts'
import { aRelease } from '../../builders.ts'

const rollout = {
  application: 'checkout',
  revision: 'r1',
  waves: [['prod-eu', 'prod-ap'], ['prod-us']],
  reached: 0,
}
const digests = new Map([
  ['prod-eu', 'd1'],
  ['prod-ap', 'd1'],
])

function on(cluster: string, phase: ReleasePhase, digest = 'd1') {
  return aRelease({
    target: { application: 'checkout', environment: 'prod', cluster },
    phase,
    digest,
    reason: 'web is not ready',
  })
}

/** The truth table is that of `nextWave`. */
describe('nextWave', () => {
  it.each`
    case                                   | releases                                                       | expected
    ${'nothing heard yet'}                 | ${[]}                                                          | ${{ kind: 'wait', reason: 'waits for prod-eu, prod-ap to be healthy' }}
    ${'one healthy, one on its way'}       | ${[on('prod-eu', 'healthy'), on('prod-ap', 'progressing')]}    | ${{ kind: 'wait', reason: 'waits for prod-ap to be healthy' }}
    ${'all healthy'}                       | ${[on('prod-eu', 'healthy'), on('prod-ap', 'healthy')]}        | ${{ kind: 'open', reached: 1, clusters: ['prod-us'] }}
    ${'one degraded'}                      | ${[on('prod-eu', 'healthy'), on('prod-ap', 'degraded')]}       | ${{ kind: 'stop', reason: 'prod-ap: web is not ready' }}
    ${'one refused'}                       | ${[on('prod-eu', 'refused'), on('prod-ap', 'healthy')]}        | ${{ kind: 'stop', reason: 'prod-eu: web is not ready' }}
    ${'healthy, but of an earlier digest'} | ${[on('prod-eu', 'healthy'), on('prod-ap', 'healthy', 'd0')]}  | ${{ kind: 'wait', reason: 'waits for prod-ap to be healthy' }}
    ${'degraded, but of an earlier one'}   | ${[on('prod-eu', 'degraded', 'd0'), on('prod-ap', 'healthy')]} | ${{ kind: 'wait', reason: 'waits for prod-eu to be healthy' }}
  `('$case → $expected.kind', ({ releases, expected }) => {
    expect(nextWave(rollout, releases, digests)).toEqual(expected)
  })

  it('is finished when the last wave is healthy', () => {
    const last = { ...rollout, reached: 1 }
    expect(nextWave(last, [on('prod-us', 'healthy')], new Map([['prod-us', 'd1']]))).toEqual({
      kind: 'finished',
    })
  })

  it('stays stopped, whatever is heard', () => {
    const stopped = { ...rollout, stopped: 'prod-eu: failed' }
    const all = [on('prod-eu', 'healthy'), on('prod-ap', 'healthy')]
    expect(nextWave(stopped, all, digests)).toEqual({ kind: 'stop', reason: 'prod-eu: failed' })
  })

  // 100 clusters, ten in a wave, of which 30 fail as soon as they get the release.
  it.each`
    failing          | reached | clusters
    ${'every third'} | ${0}    | ${10}
    ${'the last 30'} | ${7}    | ${80}
    ${'none'}        | ${9}    | ${100}
  `(
    'of a hundred clusters $failing: $clusters of them ever get the release',
    ({ failing, reached, clusters }) => {
      const all = Array.from({ length: 100 }, (_, index) => `c${index}`)
      const waves = Array.from({ length: 10 }, (_, wave) => all.slice(wave * 10, wave * 10 + 10))
      const fails = (index: number) =>
        failing === 'every third' ? index % 3 === 2 && index < 90 : failing === 'the last 30' && index >= 70
      const released = (upTo: number) => all.slice(0, (upTo + 1) * 10)
      const step = (at: number) => {
        const given = released(at)
        const releases = given.map((cluster, index) => on(cluster, fails(index) ? 'degraded' : 'healthy'))
        return nextWave(
          { ...rollout, waves, reached: at },
          releases,
          new Map(given.map((name) => [name, 'd1'])),
        )
      }
      let at = 0
      for (let next = step(0); next.kind === 'open'; next = step(at)) at = next.reached
      expect([at, released(at).length, step(at).kind]).toEqual([
        reached,
        clusters,
        failing === 'none' ? 'finished' : 'stop',
      ])
    },
  )

  it('stops when a wave before the present one degrades', () => {
    const second = { ...rollout, reached: 1, waves: [['prod-eu'], ['prod-us'], ['prod-as']] }
    const both = new Map([
      ['prod-eu', 'd1'],
      ['prod-us', 'd1'],
    ])
    expect(nextWave(second, [on('prod-eu', 'degraded'), on('prod-us', 'healthy')], both)).toEqual({
      kind: 'stop',
      reason: 'prod-eu: web is not ready',
    })
    expect(nextWave(second, [on('prod-eu', 'progressing'), on('prod-us', 'healthy')], both).kind).toBe('open')
  })
})

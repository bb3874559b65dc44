import { describe, expect, it } from 'vitest'
import { createRandomness } from '../../simulation/slo/randomness.ts'
import { sequentialTest } from '../../../src/features/slo/sequential-test.ts'

const budget = 0.001

describe('sequentialTest', () => {
  it.each`
    case                            | before                        | since                         | state
    ${'nothing yet'}                | ${undefined}                  | ${{ bad: 0, total: 0 }}       | ${'inconclusive'}
    ${'49 of 49'}                   | ${undefined}                  | ${{ bad: 49, total: 49 }}     | ${'inconclusive'}
    ${'all of 50'}                  | ${undefined}                  | ${{ bad: 50, total: 50 }}     | ${'breached'}
    ${'two errors'}                 | ${undefined}                  | ${{ bad: 2, total: 50 }}      | ${'inconclusive'}
    ${'five of fifty'}              | ${undefined}                  | ${{ bad: 5, total: 50 }}      | ${'breached'}
    ${'within the budget'}          | ${undefined}                  | ${{ bad: 10, total: 10_000 }} | ${'healthy'}
    ${'no errors'}                  | ${undefined}                  | ${{ bad: 0, total: 50 }}      | ${'healthy'}
    ${'as bad as it was'}           | ${{ bad: 50, total: 1000 }}   | ${{ bad: 50, total: 1000 }}   | ${'healthy'}
    ${'three times a bad past'}     | ${{ bad: 33, total: 10_000 }} | ${{ bad: 40, total: 2000 }}   | ${'breached'}
    ${'a bad past'}                 | ${{ bad: 33, total: 10_000 }} | ${{ bad: 14, total: 2000 }}   | ${'healthy'}
    ${'a high budget, all failing'} | ${{ bad: 200, total: 1000 }}  | ${{ bad: 1000, total: 1000 }} | ${'breached'}
  `('$case → $state', ({ before, since, state }) => {
    expect(sequentialTest({ budget, before, since, dispersion: 1 }).state).toBe(state)
  })

  it('believes errors that come in bursts as much less as they vary more', () => {
    const since = { bad: 10, total: 500 }
    const verdict = (dispersion: number) => sequentialTest({ budget, before: undefined, since, dispersion })
    expect(verdict(1)).toMatchObject({ state: 'breached' })
    expect(verdict(2)).toMatchObject({ state: 'breached', evidence: verdict(1).evidence / 2 })
    expect(verdict(5)).toMatchObject({
      state: 'inconclusive',
      reason: '10 of 500 events failed since it was applied, as bursts of errors here do',
    })
  })

  // Small versions of the simulations that the limits were chosen by: seeded, so that they always say the same.
  it('hardly ever alarms on a healthy release, looked at every 15 s for an hour', () => {
    const alarms = simulate({ releases: 1000, requestsPerSecond: 10, errorRatio: 0.0002 }).filter(
      Number.isFinite,
    )
    expect(alarms.length).toBeLessThanOrEqual(3)
  })

  it.each`
    requestsPerSecond | errorRatio | withinSeconds
    ${10}             | ${0.05}    | ${30}
    ${10}             | ${0.01}    | ${90}
    ${1}              | ${1}       | ${60}
    ${1}              | ${0.1}     | ${75}
    ${1}              | ${0.02}    | ${300}
    ${10}             | ${0.005}   | ${210}
  `('$errorRatio of $requestsPerSecond/s is found within $withinSeconds s at the median', (setting) => {
    const found = simulate({ releases: 200, ...setting }).toSorted((a, b) => a - b)
    expect(found[100]).toBeLessThanOrEqual(setting.withinSeconds)
    expect(found[199]).toBeLessThan(3600)
  })
})

/** Seconds until each release is called bad; Infinity for never. */
function simulate(setting: { releases: number; requestsPerSecond: number; errorRatio: number }): number[] {
  const random = createRandomness(20_261_120)
  const requests = setting.requestsPerSecond * 15
  return Array.from({ length: setting.releases }, () => {
    const since = { bad: 0, total: 0 }
    for (let seconds = 15; seconds <= 3600; seconds += 15) {
      since.total += requests
      for (let request = 0; request < requests; request++)
        if (random.next() < setting.errorRatio) since.bad += 1
      const verdict = sequentialTest({ budget, before: { bad: 2, total: 10_000 }, since, dispersion: 1 })
      if (verdict.state === 'breached') return seconds
    }
    return Infinity
  })
}

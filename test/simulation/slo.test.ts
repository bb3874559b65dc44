import { describe, expect, it } from 'vitest'
import { drawbridge } from './slo/rules.ts'
import {
  simulateBadReleases,
  simulateHealthyReleases,
  simulateOlderBreaches,
  simulateTwoReleases,
} from './slo/simulate-slo.ts'
import type { Habit } from './slo/traffic.ts'

// A small version of `npm run bench -- slo`, seeded: it always says the same. The aims are those of the whole.
const steady: Habit = { requestsPerSecond: 10, errors: 'independent', scrapeSeconds: 15, lagSeconds: 2 }
const timeout = 120_000

const detected = async (habit: Habit, errorRatio: number, runs: number, seed: number) =>
  (await simulateBadReleases([drawbridge], habit, errorRatio, { runs, seed })).byRule.flat()

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]

describe('simulated releases', { timeout }, () => {
  it.each`
    errors           | errorRatio | p50    | p95
    ${'independent'} | ${0.05}    | ${60}  | ${90}
    ${'independent'} | ${0.01}    | ${120} | ${180}
    ${'bursts'}      | ${0.05}    | ${60}  | ${90}
    ${'bursts'}      | ${0.01}    | ${120} | ${180}
  `(
    '$errorRatio errors at 10/s are found within $p50 s, mostly, and $p95 s, where others are $errors',
    async ({ errors, errorRatio, p50, p95 }) => {
      const seconds = await detected({ ...steady, errors, loneBursts: 0.5 }, errorRatio, 60, 11)
      expect(quantile(seconds, 0.5)).toBeLessThanOrEqual(p50)
      expect(quantile(seconds, 0.95)).toBeLessThanOrEqual(p95)
    },
  )

  it.each(['independent', 'bursts', 'over-dispersed', 'daily'] as const)(
    'hardly any healthy release is reverted where errors are %s',
    async (errors) => {
      const habit = { ...steady, errors, loneBursts: 0.5, lagSeconds: 20, hoursBetweenGaps: 6 }
      const { reverts, loops } = await simulateHealthyReleases([drawbridge], habit, {
        releases: 60,
        seed: 12,
      })
      expect(loops).toBe(0)
      expect(reverts[0]).toBeLessThanOrEqual(errors === 'independent' ? 0 : 1)
    },
  )

  it.each`
    kind                  | label    | least
    ${'same-application'} | ${true}  | ${38}
    ${'two-applications'} | ${true}  | ${38}
    ${'same-application'} | ${false} | ${32}
    ${'two-applications'} | ${false} | ${32}
  `(
    'of two releases two minutes apart ($kind, version label: $label) it is the right one',
    async ({ kind, label, least }) => {
      const { right } = await simulateTwoReleases(steady, 0.02, kind, 40, 13, label)
      expect(right).toBeGreaterThanOrEqual(least)
    },
  )

  it('no release is reverted for errors that are older than it', async () => {
    expect(await simulateOlderBreaches(steady, 0.05, 6, 14)).toBe(0)
  })

  it('no release is reverted where there is no traffic', async () => {
    const idle = { ...steady, requestsPerSecond: 0 }
    expect(await detected(idle, 1, 5, 15)).toEqual(Array(5).fill(Infinity))
  })
})

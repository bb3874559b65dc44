import { expect, it } from 'vitest'
import type { PastRelease, Release } from '../../../src/domain/release.ts'
import { withPast } from '../../../src/features/release/with-past.ts'
import { aRelease } from '../../builders.ts'

const day = 86_400_000
const now = 40 * day

function past(version: string, healthyAt = now - day): PastRelease {
  return { revision: `sha of ${version}`, digest: version, healthyAt }
}

function release(version: string, overrides: Partial<Release> = {}): Release {
  return aRelease({ ...past(version), ...overrides })
}

/*
 * | what it replaces                | remembered                              |
 * | nothing                         | nothing                                 |
 * | itself, in another phase        | what was                                |
 * | what is healthy                 | that, and what was                      |
 * | what has not become healthy yet | what was                                |
 * | what failed                     | nothing                                 |
 * | what is out of reach            | what was                                |
 */
it.each<[string, Release | undefined, Release, string[]]>([
  ['nothing', undefined, release('v2'), []],
  ['itself', release('v2', { phase: 'progressing', past: [past('v1')] }), release('v2'), ['v1']],
  ['itself, as another commit', release('v2'), release('v2', { revision: 'other' }), ['v2']],
  ['what is healthy', release('v2', { past: [past('v1')] }), release('v3'), ['v2', 'v1']],
  ['what comes up', release('v2', { phase: 'progressing', past: [past('v1')] }), release('v3'), ['v1']],
  ['what never came up', release('v2', { healthyAt: undefined, past: [past('v1')] }), release('v3'), ['v1']],
  ['what failed', release('v2', { phase: 'degraded', past: [past('v1')] }), release('v3'), []],
  ['what was refused', release('v2', { phase: 'refused', past: [past('v1')] }), release('v3'), []],
  [
    'what is out of reach',
    release('v2', { phase: 'unreachable', past: [past('v1')] }),
    release('v3'),
    ['v1'],
  ],
  ['what has a long past', release('v2', { past: [past('v1', now - 31 * day)] }), release('v3'), ['v2']],
])('replaces %s', (_, before, after, remembered) => {
  expect(withPast(before, after, now).past?.map(({ digest }) => digest) ?? []).toEqual(remembered)
})

it('believes nobody else what was before', () => {
  expect(withPast(undefined, release('v2', { past: [past('v1')] }), now).past).toBeUndefined()
})

it('keeps one of about every age, however fast they come', () => {
  let current = release('v0', { healthyAt: now })
  for (let index = 1; index <= 2_000; index += 1) {
    const at = now + index * 20_000
    current = withPast(current, release(`v${index}`, { healthyAt: at }), at)
  }
  const end = now + 2_000 * 20_000
  const ages = (current.past ?? []).map(({ healthyAt }) => (end - healthyAt) / 1_000)
  expect(ages.length).toBe(100)
  for (const soak of [20, 60, 600, 3_600, 36_000])
    expect(ages.some((age) => age >= soak && age <= 1.5 * soak)).toBe(true)
})

import { expect, it } from 'vitest'
import { type Coverage, simulate } from './simulate.ts'

/** `npm run simulate -- --days delivering --steps 150` goes through as many as it is told. */
const seeds = 4
/** In this one a rule merges what waited for a check. */
const rareSeed = 64

it('promotes past no closed gate, brings back nothing that was put away, and never goes round in circles', async () => {
  const reached: Coverage = new Map()
  const faults: string[] = []
  for (const seed of [...Array.from({ length: seeds }, (_, index) => index + 1), rareSeed]) {
    const coverage = await simulate(seed, { days: 'delivering', steps: 120 }).catch(
      (fault: Error) => void faults.push(fault.message),
    )
    for (const [what, times] of coverage ?? []) reached.set(what, (reached.get(what) ?? 0) + times)
  }
  expect(faults).toEqual([])
  const places = [
    'promotion opened behind checks',
    'revert opened for slo',
    'merged by rule',
    'released to production',
  ]
  expect(places.filter((place) => !reached.has(place))).toEqual([])
}, 240_000)

import { expect, it } from 'vitest'
import { type Coverage, simulate } from './simulate.ts'

/** `npm run simulate -- --days delivering --steps 150` goes through as many as it is told. */
const seeds = 4
/** Further ones, as long as it has not been everywhere: what is drawn changes with every question that the product asks. */
const mostSeeds = 40

it('promotes past no closed gate, brings back nothing that was put away, and never goes round in circles', async () => {
  const places = [
    'promotion opened behind checks',
    'revert opened for slo',
    'merged by rule',
    'released to production',
  ]
  const reached: Coverage = new Map()
  const faults: string[] = []
  const missing = () => places.filter((place) => !reached.has(place))
  for (let seed = 1; seed <= seeds || (missing().length > 0 && seed <= mostSeeds); seed += 1) {
    const coverage = await simulate(seed, { days: 'delivering', steps: 120 }).catch(
      (fault: Error) => void faults.push(fault.message),
    )
    for (const [what, times] of coverage ?? []) reached.set(what, (reached.get(what) ?? 0) + times)
  }
  expect(faults).toEqual([])
  expect(missing()).toEqual([])
}, 240_000)

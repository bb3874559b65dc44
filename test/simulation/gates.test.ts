import { describe, expect, it } from 'vitest'
import { type Coverage, simulate } from './simulate.ts'

/** As many orders as a quick run has time for; `npm run simulate` goes through as many as it is told. */
const seeds = 35

describe('whatever the order in which things happen to pull requests', () => {
  const reached: Coverage = new Map()

  it('keeps every gate shut that must be, and ends where a new installation would', async () => {
    const faults: string[] = []
    for (let seed = 1; seed <= seeds; seed += 1) {
      const coverage = await simulate(seed).catch((fault: Error) => void faults.push(fault.message))
      for (const [what, times] of coverage ?? []) reached.set(what, (reached.get(what) ?? 0) + times)
    }
    expect(faults).toEqual([])
  }, 240_000)

  it('has been where gates open, and where calls fail', () => {
    const places = [
      'gate opened',
      'merged by rule',
      'released to production',
      'event lost',
      'publishChecks failed after',
      'upsertComment failed after',
    ]
    expect(places.filter((place) => !reached.has(place))).toEqual([])
  })

  it('is the same for the same seed', async () => {
    const [once, again] = [await simulate(7), await simulate(7)]
    expect([...once]).toEqual([...again])
  })
})

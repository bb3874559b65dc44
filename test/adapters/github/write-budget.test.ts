import { describe, expect, it } from 'vitest'
import {
  createWriteBudget,
  gitHubWriteLimits,
  type WriteLimits,
} from '../../../src/adapters/github/write-budget.ts'

function budgetOf(more: Partial<WriteLimits> = {}) {
  const time = { now: 0 }
  const clock = {
    now: () => time.now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      // Lets everybody who wants to write line up before the time moves on.
      await new Promise((resolve) => setImmediate(resolve))
      if (!signal?.aborted) time.now += ms
    },
  }
  return { time, ...createWriteBudget(clock, { ...gitHubWriteLimits, ...more }) }
}

describe('writes of one installation', () => {
  it('keep a second between them', async () => {
    const { admit, time } = budgetOf()
    const starts: number[] = []
    for (let index = 0; index < 3; index += 1) {
      await admit(1, false)
      starts.push(time.now)
    }
    expect(starts).toEqual([0, 1_000, 2_000])
  })

  it('go by priority, and by arrival among equals', async () => {
    const { admit } = budgetOf()
    const order: string[] = []
    const write = async (name: string, priority: 0 | 1 | 2) => {
      await admit(priority, false)
      order.push(name)
    }
    await Promise.all([
      write('first', 2),
      write('comment', 2),
      write('edit', 1),
      write('check', 0),
      write('check too', 0),
    ])
    expect(order).toEqual(['first', 'check', 'check too', 'edit', 'comment'])
  })

  it('let others pass while content has to wait', async () => {
    const { admit, time } = budgetOf({ creationsPerMinute: 1, msBetweenWrites: 1 })
    await admit(0, true)
    const content = admit(0, true).then(() => time.now)
    const edit = admit(2, false).then(() => time.now)
    expect(await edit).toBeLessThan(100)
    expect(await content).toBe(60_000)
  })

  it.each([
    ['a minute', { msBetweenWrites: 0, creationsPerMinute: 80 }, 80, 60_000],
    [
      'an hour',
      { msBetweenWrites: 0, creationsPerMinute: 10_000, creationsPerHour: 500, longestWaitMs: 4_000_000 },
      500,
      3_600_000,
    ],
  ])('create no more than the limit in %s', async (_case, limits, count, span) => {
    const { admit, time } = budgetOf(limits)
    for (let index = 0; index < count; index += 1) await admit(1, true)
    expect(time.now).toBe(0)
    expect(await admit(1, true)).toBe(0)
    expect(time.now).toBe(span)
  })

  it('are sent away, with the time to come back, where the wait is too long', async () => {
    const { admit } = budgetOf({ creationsPerHour: 1 })
    await admit(1, true)
    expect(await admit(1, true)).toBe(3_600_000)
  })
})

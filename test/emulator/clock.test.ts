import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/system/system-clock.ts'
import { createEmulatedClock } from '../../src/emulator/clock.ts'

const start = Date.parse('2026-11-19T13:30:00Z')

describe('createEmulatedClock', () => {
  it('stands still until it is moved', async () => {
    const clock = createEmulatedClock(start)
    await systemClock.sleep(20)
    expect(clock.now()).toBe(start)
  })

  it('wakes sleepers in the order of their times, each at its own time', async () => {
    const clock = createEmulatedClock(start)
    const woken: string[] = []
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms)
      woken.push(`${name} at ${clock.now() - start}`)
    }
    const sleeping = [sleep('late', 300), sleep('early', 100), sleep('never', 900)]
    await clock.advance(500)
    expect(woken).toEqual(['early at 100', 'late at 300'])
    expect(clock.now()).toBe(start + 500)
    await clock.advance(400)
    await Promise.all(sleeping)
  })

  it('lets a woken sleeper sleep again within one advance', async () => {
    const clock = createEmulatedClock(start)
    let ticks = 0
    const stop = new AbortController()
    const ticking = (async () => {
      while (!stop.signal.aborted) {
        await clock.sleep(100, stop.signal)
        ticks += 1
      }
    })()
    await clock.advance(1_000)
    expect(ticks).toBe(10)
    stop.abort()
    await ticking
  })

  it('wakes at once when the signal aborts', async () => {
    const clock = createEmulatedClock(start)
    const stop = new AbortController()
    const sleeping = clock.sleep(1_000_000, stop.signal)
    stop.abort()
    await sleeping
    expect(clock.now()).toBe(start)
  })

  it('runs along with a real clock, faster, and keeps that after an advance', async () => {
    const clock = createEmulatedClock(start, systemClock, 100)
    const before = systemClock.now()
    await clock.advance(3_600_000)
    const due = clock.now() + 2_000
    await clock.sleep(2_000)
    expect(clock.now()).toBeGreaterThanOrEqual(due)
    expect(systemClock.now() - before).toBeLessThan(1_500)
  })
})

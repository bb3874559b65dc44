import { expect, it, vi } from 'vitest'
import { steadyClock, systemClock } from '../../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../../src/adapters/system/system-random.ts'

it('sleeps about as long as asked', async () => {
  const before = performance.now()
  await systemClock.sleep(30)
  expect(performance.now() - before).toBeGreaterThan(25)
})

it('wakes at once, without rejecting, when the signal aborts or has aborted', async () => {
  const before = performance.now()
  const controller = new AbortController()
  const sleeping = systemClock.sleep(60_000, controller.signal)
  controller.abort()
  await sleeping
  await systemClock.sleep(60_000, AbortSignal.abort())
  expect(performance.now() - before).toBeLessThan(5_000)
})

it.each([-2 * 3_600_000, 2 * 3_600_000, -Date.now()])(
  'does not move when the machine’s clock is set by %s ms',
  (step) => {
    const before = steadyClock.now()
    expect(Math.abs(before - Date.now())).toBeLessThan(60_000)
    const machine = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + step)
    const after = steadyClock.now()
    machine.mockRestore()
    expect(after - before).toBeGreaterThanOrEqual(0)
    expect(after - before).toBeLessThan(60_000)
  },
)

it('gives numbers in [0, 1), bytes of the asked length and version 4 identifiers', () => {
  const numbers = Array.from({ length: 1_000 }, () => systemRandom.number())
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...numbers)).toBeLessThan(1)
  expect(new Set(numbers).size).toBeGreaterThan(990)
  expect(systemRandom.bytes(5)).toHaveLength(5)
  expect(systemRandom.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

import { beforeEach, describe, expect, it } from 'vitest'
import type { Target } from '../../src/domain/refs.ts'
import type { Attestation } from '../../src/domain/release.ts'
import { createTargetSchedule, type TargetSchedule } from '../../src/reconciler/target-schedule.ts'

const targetOf = (application: string): Target => ({ application, environment: 'prod', cluster: 'eu' })
const attested = (names: string, revision = '1') =>
  [...names].map((name) => ({ target: targetOf(name), revision }) as Attestation)

describe('targets', () => {
  let now: number
  let looks: string
  /** When each target is to be looked at again. */
  let nextOf: (application: string) => number
  let held: (() => void)[]
  let isHolding: boolean
  let schedule: TargetSchedule

  beforeEach(() => {
    now = 0
    looks = ''
    nextOf = () => Infinity
    held = []
    isHolding = false
    const look = async ({ application }: Target) => {
      looks += application
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve))
      return nextOf(application)
    }
    schedule = createTargetSchedule({ now: () => now }, look, () => undefined)
  })

  /** What was looked at until then. */
  const at = async (time: number) => {
    now = time
    looks = ''
    schedule.start()
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    return looks
  }

  it('are looked at when something else is attested, and when their time has come, the soonest first', async () => {
    nextOf = (name) => ({ a: 30, b: 10, c: 20 })[name] ?? Infinity
    schedule.takeNews(attested('abc'))
    expect(await at(0)).toBe('abc')
    expect(schedule.soonest()).toBe(10)
    nextOf = () => Infinity
    expect(await at(9)).toBe('')
    expect(await at(20)).toBe('bc')
    expect(schedule.soonest()).toBe(30)
    schedule.takeNews([...attested('ab'), ...attested('c', '2')])
    expect(await at(21)).toBe('c')
    expect(await at(30)).toBe('a')
    expect(schedule.soonest()).toBe(Infinity)
  })

  it('are looked at once for a hint and a time, whichever comes first', async () => {
    nextOf = () => now + 100
    schedule.takeNews(attested('ab'))
    await at(0)
    now = 50
    looks = ''
    schedule.hint(targetOf('b'))
    expect(await at(50)).toBe('')
    expect(schedule.soonest()).toBe(100)
    expect(await at(100)).toBe('a')
    expect(schedule.soonest()).toBe(150)
    expect(await at(150)).toBe('b')
  })

  it('are looked at again where a hint comes during the look', async () => {
    isHolding = true
    schedule.takeNews(attested('a'))
    await at(0)
    schedule.hint(targetOf('a'))
    isHolding = false
    held.forEach((end) => end())
    expect(await at(0)).toBe('a')
    expect(await at(1)).toBe('')
  })

  it('come first where a hint names them', async () => {
    schedule.takeNews(attested('z'))
    await at(0)
    isHolding = true
    const many = Array.from({ length: 32 }, (_, index) => String.fromCharCode(0x100 + index)).join('')
    schedule.takeNews(attested(`z${many}ab`))
    expect(await at(1)).toBe(many)
    schedule.hint(targetOf('z'))
    isHolding = false
    held.forEach((end) => end())
    expect(await at(2)).toBe('zab')
  })

  it('are let go when git names them no more', async () => {
    nextOf = () => now + 10
    schedule.takeNews(attested('ab'))
    await at(0)
    schedule.takeNews(attested('b'))
    schedule.hint(targetOf('a'))
    expect(await at(10)).toBe('b')
    schedule.takeNews(attested('ab'))
    expect(await at(11)).toBe('a')
  })

  it('leave nothing behind, however often they are looked at for hints', async () => {
    nextOf = () => now + 1_000_000
    schedule.takeNews(attested('ab'))
    for (let time = 0; time < 200; time += 1) {
      schedule.hint(targetOf('a'))
      await at(time)
    }
    expect(schedule.soonest()).toBe(1_000_000)
    expect(await at(1_000_197)).toBe('b')
    expect(await at(1_000_198)).toBe('a')
    expect(await at(1_000_200)).toBe('')
  })

  it('are started no more after the end, which waits for those under way', async () => {
    isHolding = true
    schedule.takeNews(attested('a'))
    await at(0)
    let isOver = false
    const over = schedule.end().then(() => (isOver = true))
    schedule.askAll()
    schedule.hint(targetOf('a'))
    expect([await at(1), isOver]).toEqual(['', false])
    held.forEach((end) => end())
    await over
  })
})

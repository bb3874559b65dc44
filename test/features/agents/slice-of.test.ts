import { describe, expect, it } from 'vitest'
import { isServedBy, parseSlice, sliceOf } from '../../../src/features/agents/slice-of.ts'

const applications = Array.from({ length: 2_000 }, (_, index) => `application-${index}`)

describe('slices', () => {
  it('divide the applications about evenly', () => {
    const sizes = Map.groupBy(applications, (name) => sliceOf(name, 8))
    expect([...sizes.keys()].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    for (const { length } of sizes.values()) expect(length).toBeGreaterThan(180)
  })

  it('move only what goes into the one that is new', () => {
    const moved = applications.filter((name) => sliceOf(name, 8) !== sliceOf(name, 9))
    expect(moved.every((name) => sliceOf(name, 9) === 9)).toBe(true)
    expect(moved.length).toBeLessThan(350)
  })

  it('serve each target once', () => {
    const place = { environment: 'prod', cluster: 'eu' }
    const target = { application: 'checkout', environment: 'prod', cluster: 'eu' }
    const servers = [1, 2, 3].filter((index) => isServedBy({ ...place, slice: { index, of: 3 } }, target))
    expect(servers).toHaveLength(1)
    expect(isServedBy(place, target)).toBe(true)
    expect(isServedBy(place, { ...target, cluster: 'us' })).toBe(false)
    expect(isServedBy(place, { ...target, environment: 'dev' })).toBe(false)
  })

  it.each(['0/3', '4/3', '1/257', '1', 'a/b', '1/0', ' 1/3', '1/3x'])('are not written %s', (text) => {
    expect(parseSlice(text)).toBeUndefined()
  })

  it('are written 3/8', () => expect(parseSlice('3/8')).toEqual({ index: 3, of: 8 }))
})

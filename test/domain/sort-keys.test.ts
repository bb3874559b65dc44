import * as fc from '../properties.ts'
import { describe, expect, it } from 'vitest'
import { sortKeys } from '../../src/domain/sort-keys.ts'

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reversed)
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, one]) => [key, reversed(one)]),
  )
}

// | what                        | becomes                                 |
// | keys in order, at any depth | itself                                  |
// | any other                   | the same, in order; nothing is changed  |
describe('a JSON value with its keys in order', () => {
  it.each([
    ['{"b":1,"a":2}', '{"a":2,"b":1}'],
    ['[{"b":[{"d":1,"c":2}],"a":{}}]', '[{"a":{},"b":[{"c":2,"d":1}]}]'],
    ['{"z":null,"B":"","a":false}', '{"B":"","a":false,"z":null}'],
    ['{"b":1,"__proto__":{"d":1,"c":2}}', '{"__proto__":{"c":2,"d":1},"b":1}'],
  ])('%s: %s', (text, sorted) => {
    const value: unknown = JSON.parse(text)
    expect(JSON.stringify(sortKeys(value))).toBe(sorted)
    expect(JSON.stringify(value)).toBe(text)
  })

  it('is itself where it is so already', () => {
    const value = { a: [{ b: 1, c: { d: [] } }, null], e: 'x' }
    expect(sortKeys(value)).toBe(value)
    const half = { z: 1, a: value }
    expect((sortKeys(half) as typeof half).a).toBe(value)
  })

  it('is the same for every order, and says the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(sortKeys(value))
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(JSON.stringify(sortKeys(reversed(value)))).toBe(text)
      }),
    )
  })
})

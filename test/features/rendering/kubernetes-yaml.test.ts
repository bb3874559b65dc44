import { describe, expect, it } from 'vitest'
import { dumpKubernetesYaml, parseKubernetesYaml } from '../../../src/features/rendering/kubernetes-yaml.ts'

/**
 * Scalar → what kubectl 1.36.3 makes of it: each answer is the JSON that
 * `kubectl annotate --local -f - -o json a=b` printed for `spec: {v: <scalar>}`.
 */
const answers: [string, string][] = [
  ['y', 'true'],
  ['Y', 'true'],
  ['yes', 'true'],
  ['Yes', 'true'],
  ['YES', 'true'],
  ['yEs', '"yEs"'],
  ['n', 'false'],
  ['N', 'false'],
  ['no', 'false'],
  ['No', 'false'],
  ['NO', 'false'],
  ['on', 'true'],
  ['On', 'true'],
  ['ON', 'true'],
  ['off', 'false'],
  ['Off', 'false'],
  ['OFF', 'false'],
  ['true', 'true'],
  ['True', 'true'],
  ['TRUE', 'true'],
  ['tRUE', '"tRUE"'],
  ['false', 'false'],
  ['False', 'false'],
  ['FALSE', 'false'],
  ['null', 'null'],
  ['Null', 'null'],
  ['NULL', 'null'],
  ['~', 'null'],
  ['nULL', '"nULL"'],
  ['0', '0'],
  ['-0', '0'],
  ['+1', '1'],
  ['-1', '-1'],
  ['12', '12'],
  ['012', '10'],
  ['0777', '511'],
  ['-017', '-15'],
  ['08', '8'],
  ['09', '9'],
  ['019', '19'],
  ['0o17', '15'],
  ['0O17', '15'],
  ['-0o17', '-15'],
  ['0x1F', '31'],
  ['0X1f', '31'],
  ['-0x1f', '-31'],
  ['0xZZ', '"0xZZ"'],
  ['0b101', '5'],
  ['-0b11', '-3'],
  ['0b12', '"0b12"'],
  ['1_000', '1000'],
  ['1__0', '10'],
  ['_1', '"_1"'],
  ['1_', '1'],
  ['0x1_F', '31'],
  ['0b1_1', '3'],
  ['1_000.5', '1000.5'],
  ['1.5', '1.5'],
  ['1.', '1'],
  ['.5', '0.5'],
  ['-.5', '-0.5'],
  ['+.5', '0.5'],
  ['+1.5', '1.5'],
  ['1e3', '1000'],
  ['1E3', '1000'],
  ['1e+3', '1000'],
  ['1e-3', '0.001'],
  ['1.0', '1'],
  ['1.10', '1.1'],
  ['100e-1', '10'],
  ['1e400', '"1e400"'],
  ['.inf', 'refused'],
  ['.Inf', 'refused'],
  ['.INF', 'refused'],
  ['-.inf', 'refused'],
  ['+.inf', 'refused'],
  ['.nan', 'refused'],
  ['.NaN', 'refused'],
  ['.NAN', 'refused'],
  ['inf', '"inf"'],
  ['nan', '"nan"'],
  ['Infinity', '"Infinity"'],
  ['1:30', '"1:30"'],
  ['12:30:45', '"12:30:45"'],
  ['1:30.5', '"1:30.5"'],
  ['190:20:30', '"190:20:30"'],
  ['2001-12-14', '"2001-12-14"'],
  ['2001-12-14T21:59:43Z', '"2001-12-14T21:59:43Z"'],
  ['2001-12-14t21:59:43.10-05:00', '"2001-12-14t21:59:43.10-05:00"'],
  ['2001-1-1', '"2001-1-1"'],
  ['1.2.3', '"1.2.3"'],
  ['v1', '"v1"'],
  ['9223372036854775807', '9223372036854775807'],
  ['9223372036854775808', '9223372036854776000'],
  ['18446744073709551615', '18446744073709552000'],
  ['18446744073709551616', '18446744073709552000'],
  ['99999999999999999999999', '1e+23'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['-9223372036854775809', '-9223372036854776000'],
  ['1e5f', '"1e5f"'],
  ['0x', '"0x"'],
  ['0o', '"0o"'],
  ['0b', '"0b"'],
  ['+', '"+"'],
  ['.', '"."'],
  ['..', '".."'],
  ['<<', '"<<"'],
  ['=', '"="'],
  ['1,000', '"1,000"'],
  ['0.1', '0.1'],
  ['123456789.123456789', '123456789.12345679'],
  ['12345678901234567890.5', '12345678901234567000'],
  ['0x7FFFFFFFFFFFFFFF', '9223372036854775807'],
  ['0xFFFFFFFFFFFFFFFF', '18446744073709552000'],
  ['0xFFFFFFFFFFFFFFFFF', '"0xFFFFFFFFFFFFFFFFF"'],
  ['4e5', '400000'],
  ['1e21', '1e+21'],
  ['1e20', '100000000000000000000'],
  ['1e6', '1000000'],
  ['123456e3', '123456000'],
  ['6.02e23', '6.02e+23'],
  ['0e0', '0'],
  ['00', '0'],
  ['-00', '0'],
  ['+0777', '511'],
  ['0_7', '7'],
  ['1e', '"1e"'],
  ['1e+', '"1e+"'],
  ['e3', '"e3"'],
  ['12e03', '12000'],
  ['0.0', '0'],
  ['-0.0', '0'],
  ['.e1', '".e1"'],
  ['5e-7', '5e-7'],
  ['0.000001', '0.000001'],
  ['0.0000001', '1e-7'],
  ['1e-7', '1e-7'],
  ['1.e3', '1000'],
  ['0x1p4', '"0x1p4"'],
  ['0x1.8p1', '"0x1.8p1"'],
  ['1_0e1', '100'],
  ['+12', '12'],
  ['++1', '"++1"'],
  ['+0x1F', '31'],
  ['+0b11', '3'],
  ['+0o17', '15'],
  ['0o8', '"0o8"'],
  ['0o1_7', '15'],
  ['"1"', '"1"'],
  ["'true'", '"true"'],
]

describe('scalars are read as kubectl reads them', () => {
  it.each(answers.filter(([, answer]) => answer !== 'refused'))('%s → %s', (scalar, answer) => {
    expect(read(scalar)).toEqual(JSON.parse(answer))
  })

  it.each(answers.filter(([, answer]) => answer === 'refused'))('%s is refused', (scalar) => {
    expect(() => read(scalar)).toThrow(/no place in JSON/)
  })

  it.each([
    ['!!str 123', '123'],
    ['!!binary aGVsbG8=', 'hello'],
    ['"1"', '1'],
    ["'true'", 'true'],
    ['|\n    two\n    lines\n', 'two\nlines\n'],
  ])('explicit: %s', (scalar, value) => expect(read(scalar)).toBe(value))

  it('reads keys as texts, whatever they look like', () => {
    expect(parseKubernetesYaml('on: 1\n2: b\n1.5: c\n')).toEqual({ true: 1, 2: 'b', '1.5': 'c' })
  })

  it.each(['q', 'on'])('merges maps; what is written beside the merge wins: %s', (key) => {
    const name = key === 'on' ? 'true' : key
    expect(parseKubernetesYaml(`a: &a {x: 1, ${key}: 2}\nb: {<<: *a, ${key}: 3}\n`)).toEqual({
      a: { x: 1, [name]: 2 },
      b: { x: 1, [name]: 3 },
    })
  })

  // What kubectl 1.36.3 makes of tags that it does not know.
  it.each([
    ['!=', ''],
    ['!Ref bar', 'bar'],
    ['!Ref 12', '12'],
    ['!Ref true', 'true'],
    ['! 12', '12'],
    ['!Sub [x, 1]', ['x', 1]],
    ['!Map {q: 1}', { q: 1 }],
  ])("takes a tag of somebody's own for a text, a list or a mapping: %s", (text, value) => {
    expect(parseKubernetesYaml(`a: ${text}\n`)).toEqual({ a: value })
  })

  it('keeps __proto__ an ordinary key', () => {
    const value = parseKubernetesYaml('__proto__: {polluted: true}\n') as Record<string, unknown>
    expect(Object.hasOwn(value, '__proto__')).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('what is written is read back as the same value', () => {
  it.each(answers.map(([scalar]) => [scalar]))('the text %s', (text) => {
    expect(parseKubernetesYaml(dumpKubernetesYaml({ v: text, [text]: 1 }))).toEqual({ v: text, [text]: 1 })
  })

  it.each([0, -1, 1.5, 1e21, 1e-7, 123456789012, -0.25, 6.02e23])('the number %s', (number) => {
    const text = dumpKubernetesYaml({ v: number })
    expect(text).not.toContain('!!')
    expect(parseKubernetesYaml(text)).toEqual({ v: number })
  })
})

function read(scalar: string): unknown {
  return (parseKubernetesYaml(`spec:\n  v: ${scalar}\n`) as { spec: { v: unknown } }).spec.v
}

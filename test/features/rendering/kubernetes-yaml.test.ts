import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { pinnedTools } from '../../../src/adapters/renderers/pinned-tools.ts'
import { rendererPlaces } from '../../../src/adapters/renderers/renderer-places.ts'
import { findTools } from '../../../src/adapters/renderers/tools.ts'
import { programs } from '../../programs.ts'
import { parseExactJson } from '../../../src/features/rendering/exact-integers.ts'
import { dumpKubernetesYaml, parseKubernetesYaml } from '../../../src/features/rendering/kubernetes-yaml.ts'
import { askKubectl } from './ask-kubectl.ts'

/** Scalar → the JSON that kubectl makes of it, or `refused`; see scripts/ask-kubectl.ts. */
const answers = Object.entries(
  JSON.parse(readFileSync(new URL('../../fixtures/kubectl-scalars.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >,
)

describe('scalars are read as kubectl reads them', () => {
  it.each(answers.filter(([, answer]) => answer !== 'refused'))('%s → %s', (scalar, answer) => {
    expect(read(scalar)).toEqual(parseExactJson(answer))
  })

  it.each(answers.filter(([, answer]) => answer === 'refused'))('%s is refused', (scalar) => {
    expect(() => read(scalar)).toThrow(/no place in JSON/)
  })

  it('the table is what the pinned kubectl answers today', async () => {
    const { platform, arch } = process
    if (`${platform}-${arch}` !== pinnedTools.platform) return
    const places = rendererPlaces(process.env, { platform, arch, temporaryFolder: tmpdir() })
    const children = programs
    const { kubectl } = await findTools({ children, ...places, suffix: String(process.pid) })
    for (const isRefused of [true, false]) {
      const asked = answers.filter(([, answer]) => (answer === 'refused') === isRefused)
      const scalars = asked.map(([scalar]) => scalar)
      expect(askKubectl(kubectl, scalars)).toEqual(Object.fromEntries(asked))
    }
  }, 60_000)

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
  it.each([
    ['one line', 'x'],
    ['words', 'x y '],
    ['lines', 'x\n'],
    ['signs', '\t"\\: \u0085\ufeff\u2028\ud800'],
  ])('a text of four million characters: %s', (_, part) => {
    const text = part.repeat(Math.ceil(4_500_000 / part.length))
    const value = { v: text, '"\\x01': '\u0001', list: [text, 'short'] }
    expect(parseKubernetesYaml(dumpKubernetesYaml(value)) as typeof value).toStrictEqual(value)
  })

  it.each(answers.map(([scalar]) => [scalar]))('the text %s', (text) => {
    expect(parseKubernetesYaml(dumpKubernetesYaml({ v: text, [text]: 1 }))).toEqual({ v: text, [text]: 1 })
  })

  it.each([0, -1, 1.5, 1e21, 1e-7, 123456789012, -0.25, 6.02e23, 2n ** 63n - 1n, -(2n ** 53n) - 1n])(
    'the number %s',
    (number) => {
      const text = dumpKubernetesYaml({ v: number })
      expect(text).not.toContain('!!')
      expect(parseKubernetesYaml(text)).toEqual({ v: number })
    },
  )
})

function read(scalar: string): unknown {
  return (parseKubernetesYaml(`spec:\n  v: ${scalar}\n`) as { spec: { v: unknown } }).spec.v
}

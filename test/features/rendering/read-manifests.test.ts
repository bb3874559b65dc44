import { describe, expect, it } from 'vitest'
import { readManifests } from '../../../src/features/rendering/read-manifests.ts'

const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`

describe('readManifests', () => {
  it('reads every document of a stream with its line', () => {
    const text = `# first\n${namespace('a')}---\n\n${namespace('b')}--- # the third\n${namespace('c')}...\n---\n# nothing\n`
    const { objects, problems } = readManifests(text, 'a.yaml')
    expect(objects.map(({ object, line }) => [object.metadata.name, line])).toEqual([
      ['a', 2],
      ['b', 8],
      ['c', 13],
    ])
    expect(problems).toEqual([])
  })

  it('takes lists apart, also in JSON', () => {
    const item = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
    const list = { apiVersion: 'v1', kind: 'List', items: [item('a'), item('b')] }
    const names = readManifests(JSON.stringify(list), 'a.json').objects.map(
      ({ object }) => object.metadata.name,
    )
    expect(names).toEqual(['a', 'b'])
  })

  it('reads line ends, byte order marks and separators with content as kubectl does', () => {
    const text = `\uFEFF${namespace('a').replaceAll('\n', '\r\n')}--- {apiVersion: v1, kind: Namespace, metadata: {name: b}}\n`
    expect(readManifests(text, 'a.yaml').objects.map(({ object }) => object.metadata.name)).toEqual([
      'a',
      'b',
    ])
  })

  it('reads flow collections and quoted texts that stand too far left, as kubectl does', () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
spec:
    command: [ "sh",
  "-c",
"run" ]
    text: "one
  two"
`
    const { objects, problems } = readManifests(text, 'a.yaml')
    expect(problems).toEqual([])
    expect(objects[0]?.object.spec).toEqual({ command: ['sh', '-c', 'run'], text: 'one two' })
  })

  it('does not take dashes inside a text for a separator', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    ---\n    y\n'
    expect(readManifests(text, 'a.yaml').objects[0]?.object.data).toEqual({ x: '---\ny\n' })
  })

  it.each`
    case                    | text                                                            | code                      | line
    ${'repeated key'}       | ${'apiVersion: v1\nkind: A\nkind: B\nmetadata: {name: a}\n'}    | ${'DUPLICATE_KEY'}        | ${3}
    ${'broken YAML'}        | ${'apiVersion: v1\nkind: [A\n'}                                 | ${'YAML_INVALID'}         | ${3}
    ${'a template'}         | ${'apiVersion: v1\nkind: A\nmetadata: {{ .Values.x }}\n'}       | ${'MANIFEST_IS_TEMPLATE'} | ${1}
    ${'no kind'}            | ${'apiVersion: v1\nmetadata: {name: a}\n'}                      | ${'NOT_AN_OBJECT'}        | ${1}
    ${'no apiVersion'}      | ${'kind: A\nmetadata: {name: a}\n'}                             | ${'NOT_AN_OBJECT'}        | ${1}
    ${'name is a number'}   | ${'apiVersion: v1\nkind: A\nmetadata: {name: 1}\n'}             | ${'NOT_AN_OBJECT'}        | ${1}
    ${'generated name'}     | ${'apiVersion: v1\nkind: A\nmetadata: {generateName: a-}\n'}    | ${'NOT_AN_OBJECT'}        | ${1}
    ${'not a mapping'}      | ${'- a\n- b\n'}                                                 | ${'NOT_AN_OBJECT'}        | ${1}
    ${'an infinite number'} | ${'apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: .inf\n'} | ${'YAML_INVALID'}         | ${1}
    ${'a bottomless list'}  | ${'['.repeat(20_000)}                                           | ${'YAML_INVALID'}         | ${1}
  `('$case → $code at line $line', ({ text, code, line }) => {
    expect(readManifests(text, 'a.yaml').problems).toMatchObject([{ code, line, path: 'a.yaml' }])
  })

  it('takes the last of repeated keys, as Kubernetes does, and reads the other documents', () => {
    const text = `apiVersion: v1\nkind: A\nkind: B\nmetadata: {name: a}\n---\nkind: [\n---\n${namespace('c')}`
    const { objects, problems } = readManifests(text, 'a.yaml')
    expect(objects.map(({ object }) => object.kind)).toEqual(['B', 'Namespace'])
    expect(problems.map((problem) => problem.code)).toEqual(['DUPLICATE_KEY', 'YAML_INVALID'])
  })
})

it('knows no templates in what a tool printed: braces are text there', () => {
  const text = 'apiVersion: v1\nkind: A\nmetadata: {name: x}\nspec: "{{ $labels.pod }}\n'
  expect(readManifests(text, 'chart', true).problems.map(({ code }) => code)).toEqual(['YAML_INVALID'])
})

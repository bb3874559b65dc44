import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { Substitution } from '../../../src/domain/substitution.ts'
import { substituteObjects } from '../../../src/features/substitution/substitute-objects.ts'

const substitution = (more: Partial<Substitution>): Substitution => ({
  variables: {},
  unknownObjects: [],
  isAlways: false,
  ...more,
})

const given = (values: Record<string, string>): Substitution =>
  substitution({
    variables: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { kind: 'value' as const, value }]),
    ),
  })

const anObject = (more: Partial<KubernetesObject>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  ...more,
})

const fill = (object: KubernetesObject, rules: Substitution) => substituteObjects([object], rules, 'app')

describe('the text of each object is filled in', () => {
  it.each`
    case                           | before          | value       | after
    ${'a number'}                  | ${'${X}'}       | ${'3'}      | ${3}
    ${'a truth'}                   | ${'${X}'}       | ${'true'}   | ${true}
    ${'a word for a truth'}        | ${'${X}'}       | ${'yes'}    | ${true}
    ${'nothing'}                   | ${'${X}'}       | ${''}       | ${null}
    ${'quotes in the value'}       | ${'${X}'}       | ${'"3"'}    | ${'3'}
    ${'quotes around it'}          | ${'"${X}"'}     | ${'3'}      | ${'"3"'}
    ${'part of a text'}            | ${'n: ${X}'}    | ${'3'}      | ${'n: 3'}
    ${'a line of several'}         | ${'a\n${X}\nb'} | ${'3'}      | ${'a\n3\nb'}
    ${'a mapping in the value'}    | ${'${X}'}       | ${'{a: 1}'} | ${{ a: 1 }}
    ${'a default with its quotes'} | ${'${Y:="3"}'}  | ${''}       | ${'3'}
  `('so that a value becomes $case', ({ before, value, after }: Record<string, unknown>) => {
    const { objects, problems } = fill(anObject({ spec: before }), given({ X: String(value) }))
    expect(problems).toEqual([])
    expect(objects[0]?.spec).toEqual(after)
  })

  it('names and keys too', () => {
    const object = anObject({ metadata: { name: '${X}-app', labels: { '${X}/part': 'a' } } })
    expect(fill(object, given({ X: 'one' })).objects[0]?.metadata).toEqual({
      name: 'one-app',
      labels: { 'one/part': 'a' },
    })
  })
})

/**
 * | variables | unknown objects | strategy | a text `${X:=d}` |
 * |-----------|-----------------|----------|------------------|
 * | none      | none            |          | stays            |
 * | none      | none            | Always   | is filled in     |
 * | some      | none            |          | is filled in     |
 * | none      | some            |          | stays, and said  |
 */
it.each`
  case                     | rules                                             | after        | notices
  ${'nothing given'}       | ${substitution({})}                               | ${'${X:=d}'} | ${0}
  ${'always'}              | ${substitution({ isAlways: true })}               | ${'d'}       | ${0}
  ${'another one given'}   | ${given({ Y: '1' })}                              | ${'d'}       | ${0}
  ${'an object not known'} | ${substitution({ unknownObjects: ['Secret s'] })} | ${'${X:=d}'} | ${1}
`('with $case', ({ rules, after, notices }: { rules: Substitution; after: string; notices: number }) => {
  const done = fill(anObject({ spec: '${X:=d}' }), rules)
  expect(done.objects[0]?.spec).toBe(after)
  expect(done.notices).toHaveLength(notices)
})

it.each([
  ['a label', { labels: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } }],
  ['an annotation', { annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } }],
])('leaves an object alone that says so by %s', (_, metadata) => {
  const object = anObject({ metadata: { name: 'a', ...metadata }, spec: '${X' })
  expect(fill(object, given({ X: '1' }))).toEqual({ objects: [object], problems: [], notices: [] })
})

it('names unknown variables once, with the object that they come from', () => {
  const rules = substitution({
    variables: {
      A: { kind: 'unknown', from: 'Secret s, which is encrypted' },
      B: { kind: 'unknown', from: 'Secret s, which is encrypted' },
      C: { kind: 'secret', shown: '«secret:t/C»', from: 'Secret t' },
    },
  })
  const { objects, notices } = fill(anObject({ spec: ['${B} ${A}', '${A}', '${C}'] }), rules)
  expect(objects[0]?.spec).toEqual(['${B} ${A}', '${A}', '«secret:t/C»'])
  expect(notices.map(({ code, message }) => [code, message])).toEqual([
    [
      'VARIABLE_UNKNOWN',
      expect.stringContaining('${A}, ${B}: the value is that of Secret s, which is encrypted'),
    ],
    ['VARIABLE_SECRET', expect.stringContaining('${C}: the value is that of Secret t')],
  ])
})

it.each`
  case                          | spec         | rules                    | message
  ${'what is no expression'}    | ${'${X[@]}'} | ${given({ X: '1' })}     | ${'missing closing brace'}
  ${'a value that breaks YAML'} | ${'${X}'}    | ${given({ X: '[' })}     | ${'cannot be filled in'}
  ${'a name that Flux refuses'} | ${'x'}       | ${given({ 'a-b': '1' })} | ${'no variable of the name a-b'}
`('a problem: $case', ({ spec, rules, message }: Record<string, unknown>) => {
  const object = anObject({ spec })
  const { objects, problems } = fill(object, rules as Substitution)
  expect(objects).toEqual([object])
  expect(problems).toMatchObject([{ code: 'SUBSTITUTION_FAILED', path: 'app' }])
  expect(problems[0]?.message).toContain(message)
})

it('a problem: a name that is no text afterwards', () => {
  const { problems } = fill(anObject({ metadata: { name: '${X}' } }), given({ X: '1' }))
  expect(problems[0]?.message).toContain('metadata.name is not a text')
})

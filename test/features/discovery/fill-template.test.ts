import { describe, expect, it } from 'vitest'
import { fillTemplate, fillText } from '../../../src/features/discovery/fill-template.ts'

const parameters = {
  name: 'Web_Shop.eu',
  empty: '',
  count: 3,
  large: 1_234_567,
  isOn: true,
  nothing: null,
  list: ['a', 'b', 'c'],
  items: [
    { name: 'x', port: 1 },
    { name: 'y', port: 2 },
  ],
  labels: { team: 'cart', 'app.io/tier': 'web', deep: { er: 'z' } },
  path: { path: 'apps/cart/prod', basename: 'prod', segments: ['apps', 'cart', 'prod'] },
}

const go = (text: string, options: string[] = []) => fillText(text, parameters, { isGo: true, options })

/** What Go 1.26 with sprig 3.3 prints for the same template and parameters; not what we think it should. */
describe('Go templates', () => {
  it.each`
    rule                          | template                                                                               | text
    ${'a field'}                  | ${'{{.name}}-{{ .path.basename }}'}                                                    | ${'Web_Shop.eu-prod'}
    ${'white space is trimmed'}   | ${'a {{- .path.basename -}} b'}                                                        | ${'aprodb'}
    ${'a comment'}                | ${'a{{/* no }} */}}b'}                                                                 | ${'ab'}
    ${'index of a list'}          | ${'{{ index .path.segments 1 }}'}                                                      | ${'cart'}
    ${'index of a mapping'}       | ${'{{ index .labels "app.io/tier" }}'}                                                 | ${'web'}
    ${'a field of parentheses'}   | ${'{{ (index .items 1).name }}'}                                                       | ${'y'}
    ${'default for empty'}        | ${'{{ default "d" .empty }}{{ .name | default "d" }}'}                                 | ${'dWeb_Shop.eu'}
    ${'default for missing'}      | ${'{{ default "d" .missing }}'}                                                        | ${'d'}
    ${'a pipeline'}               | ${'{{ .name | lower | replace "_" "-" | trunc 6 }}'}                                   | ${'web-sh'}
    ${'trunc from the end'}       | ${'{{ trunc -2 .name }}'}                                                              | ${'eu'}
    ${'prefix and suffix'}        | ${'{{ .name | trimPrefix "Web_" | trimSuffix ".eu" }}'}                                | ${'Shop'}
    ${'normalize'}                | ${'{{ normalize .name }}'}                                                             | ${'web-shop.eu'}
    ${'printf'}                   | ${'{{ printf "%s-%02d-%v" .path.basename 7 .count }}'}                                 | ${'prod-07-3'}
    ${'quote'}                    | ${'{{ quote .name .count }}{{ squote .isOn }}'}                                        | ${'"Web_Shop.eu" "3"\'true\''}
    ${'numbers of a file'}        | ${'{{ .count }} {{ .large }}'}                                                         | ${'3 1.234567e+06'}
    ${'if, else if, else'}        | ${'{{ if eq .name "a" "b" }}1{{ else if .empty }}2{{ else }}3{{ end }}'}               | ${'3'}
    ${'and, or, not'}             | ${'{{ and .isOn .count }}{{ or .empty "x" }}{{ not .isOn }}'}                          | ${'3xfalse'}
    ${'or stops early'}           | ${'{{ or .isOn .missing.a.b }}'}                                                       | ${'true'}
    ${'with and $'}               | ${'{{ with .labels.deep }}{{ .er }}{{ $.count }}{{ end }}'}                            | ${'z3'}
    ${'range over a list'}        | ${'{{ range $i, $e := .list }}{{ $i }}{{ $e }} {{ end }}'}                             | ${'0a 1b 2c '}
    ${'range over a mapping'}     | ${'{{ range $k, $v := .labels }}{{ $k }} {{ end }}'}                                   | ${'app.io/tier deep team '}
    ${'range over nothing'}       | ${'{{ range .missing }}x{{ else }}none{{ end }}'}                                      | ${'none'}
    ${'a variable'}               | ${'{{ $x := "a" }}{{ if .isOn }}{{ $x = "b" }}{{ end }}{{ $x }}'}                      | ${'b'}
    ${'lists of texts'}           | ${'{{ splitList "/" .path.path | last }}{{ join "-" .list }}{{ first .list }}'}        | ${'proda-b-ca'}
    ${'hasKey, get, dig'}         | ${'{{ hasKey .labels "team" }}{{ get .labels "q" }}{{ dig "deep" "er" "n" .labels }}'} | ${'truez'}
    ${'whole numbers'}            | ${'{{ add 1 .count }}{{ len .list }}{{ int "12" }}'}                                   | ${'4312'}
    ${'JSON as Go writes it'}     | ${'{{ toJson (dict "b" 1 "a" "<") }}'}                                                 | ${'{"a":"\\u003c","b":1}'}
    ${'YAML, indented'}           | ${'{{ .items | toYaml | nindent 2 }}'}                                                 | ${'\n  - name: x\n    port: 1\n  - name: "y"\n    port: 2'}
    ${'YAML is read'}             | ${'{{ (fromYaml "a: {b: c}").a.b }}'}                                                  | ${'c'}
    ${'ternary, coalesce, empty'} | ${'{{ ternary "y" "n" .isOn }}{{ coalesce .empty .name }}{{ empty .list }}'}           | ${'yWeb_Shop.eufalse'}
    ${'a template as text'}       | ${'{{ "{{ .Values.x }}" }}{{ `{{ "q" }}` }}'}                                          | ${'{{ .Values.x }}{{ "q" }}'}
  `('$rule: $template', ({ template, text }) => {
    expect(go(template)).toBe(text)
  })

  it.each`
    why                               | template                                 | reason
    ${'a missing parameter'}          | ${'a-{{ .missing }}'}                    | ${'.missing'}
    ${'null'}                         | ${'{{ .nothing }}'}                      | ${'.nothing'}
    ${'a field of a text'}            | ${'{{ .name.first }}'}                   | ${'first'}
    ${'an item beyond the list'}      | ${'{{ index .list 9 }}'}                 | ${'9'}
    ${'a function that is not read'}  | ${'{{ regexReplaceAll "a" .name "b" }}'} | ${'regexReplaceAll'}
    ${'a function that is not there'} | ${'{{ path.basename }}'}                 | ${'path'}
    ${'kinds that do not compare'}    | ${'{{ eq .count 3 }}'}                   | ${'compared'}
    ${'a text function of a number'}  | ${'{{ lower .count }}'}                  | ${'lower'}
    ${'%d of a float'}                | ${'{{ printf "%d" .count }}'}            | ${'%d'}
    ${'no end'}                       | ${'{{ if .isOn }}a'}                     | ${'end'}
    ${'an end too many'}              | ${'a{{ end }}'}                          | ${'end'}
    ${'an open action'}               | ${'a{{ .name'}                           | ${'closed'}
    ${'templates in templates'}       | ${'{{ template "x" . }}'}                | ${'template'}
  `('says what cannot be filled: $why', ({ template, reason }) => {
    expect(() => go(template)).toThrow(reason)
  })

  it('refuses a missing name everywhere with missingkey=error', () => {
    expect(go('{{ if .missing }}a{{ end }}b')).toBe('b')
    expect(() => go('{{ if .missing }}a{{ end }}b', ['missingkey=error'])).toThrow('missing')
  })

  it('ends loops in loops', () => {
    const loops = '{{ range $.list }}'.repeat(12) + 'x' + '{{ end }}'.repeat(12)
    expect(() => go(loops)).toThrow('steps')
  })
})

/** Source: Argo CD, applicationset/utils/utils.go Replace, and its test. */
describe('templates without Go', () => {
  const flat = { name: 'web', 'path.basename': 'prod', 'path[0]': 'apps', count: 3, 'labels.a/b': 'c' }
  it.each`
    rule                              | template                           | text
    ${'a name'}                       | ${'{{name}}-{{ path.basename }}'}  | ${'web-prod'}
    ${'white space of any length'}    | ${'{{   name\t}}'}                 | ${'web'}
    ${'a whole name, with its marks'} | ${'{{path[0]}}/{{labels.a/b}}'}    | ${'apps/c'}
    ${'what is not given stays'}      | ${'{{ missing }} {{name}}'}        | ${'{{ missing }} web'}
    ${'what is no text stays'}        | ${'{{ count }}'}                   | ${'{{ count }}'}
    ${'braces on different lines'}    | ${'{{\n name }}'}                  | ${'{{\n name }}'}
    ${'no Go'}                        | ${'{{ .name }}{{ name | upper }}'} | ${'{{ .name }}{{ name | upper }}'}
  `('$rule', ({ template, text }) => {
    expect(fillText(template, flat, { isGo: false, options: [] })).toBe(text)
  })

  it('fills keys and leaves what is no text alone', () => {
    const value = { '{{name}}': ['{{name}}', 1, null, { a: '{{name}}' }], b: true }
    expect(fillTemplate(value, flat, { isGo: false, options: [] })).toEqual({
      web: ['web', 1, null, { a: 'web' }],
      b: true,
    })
  })
})

import { expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { hiddenCodePoints } from '../../../src/domain/show-invisible.ts'
import { findHiddenCharacters } from '../../../src/features/diff/hidden-characters.ts'
import { neighboursAmong } from '../../../src/features/diff/neighbours.ts'

it.each`
  what                          | text                    | codes
  ${'nothing'}                  | ${'plain\ttext\n'}      | ${[]}
  ${'an override of direction'} | ${'a\u{202e}b'}         | ${['U+202E']}
  ${'an isolate'}               | ${'a\u{2066}b\u{2069}'} | ${['U+2066', 'U+2069']}
  ${'nothing of any width'}     | ${'a\u{200b}b\u{200b}'} | ${['U+200B']}
  ${'a tag'}                    | ${'a\u{e0041}'}         | ${['U+E0041']}
  ${'an escape'}                | ${'a\u{1b}[2J'}         | ${['U+001B']}
  ${'a lone carriage return'}   | ${'a\rb'}               | ${['U+000D']}
  ${'lines of another system'}  | ${'a\r\nb\r\n'}         | ${[]}
  ${'a sign made of several'}   | ${'👩‍💻 ❤️'}              | ${[]}
  ${'a joiner between letters'} | ${'a\u{200d}b'}         | ${['U+200D']}
  ${'a mark at the beginning'}  | ${'\u{feff}a'}          | ${[]}
  ${'letters of other scripts'} | ${'имя 名前 שם'}        | ${[]}
`('$what holds $codes', ({ text, codes }) => {
  expect(hiddenCodePoints(text)).toEqual(codes)
})

const config = (data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data,
})
const none = neighboursAmong([])
const find = (before: KubernetesObject | undefined, after: KubernetesObject) =>
  findHiddenCharacters({ change: 'changed', before, after, neighbours: none, formerNeighbours: none })

it('M5 names the place and the code point, in values and in keys', () => {
  const found = find(config({ a: '1' }), config({ a: 'is\u{202e}admin', 'k\u{200b}': '1' }))
  expect(found).toMatchObject([{ field: 'data.a' }, { field: 'data' }])
  expect(found[0]?.sentence).toContain('U+202E')
  expect(found[1]?.sentence).toContain('U+200B')
})

it('says nothing of a text that was there before, nor of one that goes', () => {
  const hidden = config({ a: 'is\u{202e}admin' })
  expect(find(hidden, { ...hidden, metadata: { name: 'a', labels: { b: 'c' } } })).toEqual([])
  expect(find(hidden, config({ a: '1' }))).toEqual([])
})

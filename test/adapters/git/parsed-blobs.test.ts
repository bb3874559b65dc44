import { beforeEach, expect, it } from 'vitest'
import { createParsedBlobs } from '../../../src/adapters/git/parsed-blobs.ts'
import type { GitEntry } from '../../../src/domain/repository-files.ts'
import type { GitRepository } from '../../../src/ports/git.ts'

const texts: Record<string, string> = { a: '{"of":["a"]}', b: '{"of":["b"]}', c: '{"of":["c"]}', bad: '{' }
const entry = (id: string, mode = '100644'): GitEntry => ({ path: `${id}.json`, id, mode, size: 12 })

let asked: string[][]
const repository = {
  async read(ids: readonly string[]) {
    asked.push([...ids])
    return new Map(ids.map((id) => [id, Buffer.from(texts[id] ?? '')]))
  },
} as unknown as GitRepository
beforeEach(() => (asked = []))

const parse = (text: string) => JSON.parse(text) as { of: string[] }

it('reads and parses each content once, and leaves out what is no ordinary file', async () => {
  const blobs = createParsedBlobs(parse, 1_000)
  const first = await blobs.read(repository, [entry('a'), entry('b', '100755'), entry('c', '120000')])
  expect([...first]).toEqual([['a.json', { of: ['a'] }]])
  const second = await blobs.read(repository, [entry('a'), entry('b')])
  expect(second.get('a.json')).toBe(first.get('a.json'))
  expect(asked).toEqual([['a'], ['b']])
})

it('gives everybody the same, which nobody can change', async () => {
  const blobs = createParsedBlobs(parse, 1_000)
  const value = (await blobs.read(repository, [entry('a')])).get('a.json')!
  expect(() => value.of.push('x')).toThrow(TypeError)
})

it('forgets what was used least lately', async () => {
  const blobs = createParsedBlobs(parse, 2 * texts['a']!.length)
  await blobs.read(repository, [entry('a'), entry('b')])
  await blobs.read(repository, [entry('a')])
  await blobs.read(repository, [entry('c')])
  await blobs.read(repository, [entry('a')])
  await blobs.read(repository, [entry('b')])
  expect(asked).toEqual([['a', 'b'], ['c'], ['b']])
})

it('answers whole where what is asked for is more than it keeps', async () => {
  const blobs = createParsedBlobs(parse, 1)
  const read = async () => [
    ...(
      await blobs.read(
        repository,
        ['a', 'b', 'c'].map((id) => entry(id)),
      )
    ).keys(),
  ]
  expect([await read(), await read()]).toEqual([
    ['a.json', 'b.json', 'c.json'],
    ['a.json', 'b.json', 'c.json'],
  ])
})

it('keeps nothing of what cannot be parsed', async () => {
  const blobs = createParsedBlobs(parse, 1_000)
  await expect(blobs.read(repository, [entry('bad')])).rejects.toThrow(SyntaxError)
  await expect(blobs.read(repository, [entry('bad')])).rejects.toThrow(SyntaxError)
  expect(asked).toEqual([['bad'], ['bad']])
})

const ahead = (...ids: string[]) => ids.map((id) => entry(id))

it('reads ahead where it has to read at all, and asks for nothing of that again', async () => {
  const blobs = createParsedBlobs(parse, 1_000)
  await blobs.read(repository, [entry('a')], () => ahead('a', 'b', 'c'))
  const [b] = await Promise.all([
    blobs.read(repository, [entry('b')], () => ahead('c')),
    blobs.read(repository, [entry('c')]),
  ])
  expect([...b]).toEqual([['b.json', { of: ['b'] }]])
  expect(asked).toEqual([['a'], ['b', 'c']])
})

it('gives what was read ahead to all who ask while it is on its way', async () => {
  const blobs = createParsedBlobs(parse, 1_000)
  const reading = blobs.read(repository, [entry('a')], () => ahead('b'))
  const found = await Promise.all([
    blobs.read(repository, [entry('b')]),
    blobs.read(repository, [entry('b')]),
    reading,
  ])
  expect(found[0].get('b.json')).toBe(found[1].get('b.json'))
  expect(asked).toEqual([['a'], ['b']])
})

it('tells nobody of what is wrong with others’ files that were read ahead', async () => {
  const blobs = createParsedBlobs(parse, 1_000)
  const once = await blobs.read(repository, [entry('a')], () => ahead('bad'))
  expect([...once.keys()]).toEqual(['a.json'])
  await expect(blobs.read(repository, [entry('bad')])).rejects.toThrow(SyntaxError)
  const broken = {
    async read(ids: readonly string[]) {
      if (ids.includes('gone')) throw new Error('cannot be read')
      return repository.read([...ids])
    },
  } as unknown as GitRepository
  expect([...(await blobs.read(broken, [entry('b')], () => ahead('gone', 'c'))).keys()]).toEqual(['b.json'])
  expect([...(await blobs.read(broken, [entry('c')])).keys()]).toEqual(['c.json'])
  await expect(blobs.read(broken, [entry('gone')])).rejects.toThrow('cannot be read')
})

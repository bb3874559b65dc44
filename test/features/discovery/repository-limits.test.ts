import { describe, expect, it } from 'vitest'
import type { GitEntry } from '../../../src/domain/repository-files.ts'
import { discover, discoverChange } from '../../../src/features/discovery/discover.ts'
import { isReadAhead, isRule, refuseRepository } from '../../../src/features/discovery/repository-limits.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const megabyte = 1024 * 1024
const entry = (path: string, size = 10, mode = '100644'): GitEntry => ({
  path,
  mode,
  size,
  id: 'a'.repeat(40),
})
const tree = (entries: GitEntry[]) => ({ id: 'b'.repeat(40), entries })
const many = (count: number, size: number, ending = 'yaml') =>
  Array.from({ length: count }, (_, index) => entry(`f${index}.${ending}`, size))
const nested = (folders: number) => [entry(`${'d/'.repeat(folders - 1)}a.yaml`)]

/*
 * what                                   | read | why
 * 500,000 files                          | yes  | at the limit
 * 500,001 files                          | no   | files
 * 512 MB that may be manifests           | yes  | at the limit
 * a megabyte more                        | no   | bytes
 * terabytes that cannot be manifests     | yes  | they are never read
 * a path of 100 parts                    | yes  | at the limit
 * a path of 101 parts                    | no   | depth
 */
describe('a repository', () => {
  it.each([
    ['as many files as are looked at', many(500_000, 1), undefined],
    ['one file more', many(500_001, 1), '500001 files; at most 500000'],
    ['as many bytes as are read', many(512, megabyte), undefined],
    ['a megabyte more', many(513, megabyte), '513 MB of possible manifests; at most 512 MB'],
    ['pictures without end', many(1_000, 5_000 * megabyte, 'png'), undefined],
    ['a file that is never read', [entry('dump.yaml', 5_000 * megabyte)], undefined],
    ['the deepest path', nested(100), undefined],
    ['a deeper one', nested(101), 'a path of 101 parts; at most 100'],
  ])('with %s', (_, entries, message) => {
    const refusal = refuseRepository(tree(entries))
    expect(refusal?.message.replace(/^the repository has | are looked at$/g, '')).toBe(message)
    expect(refusal?.code ?? 'looked at').toBe(message === undefined ? 'looked at' : 'TOO_LARGE')
  })

  it('that is too large renders nothing and says so, also where only the head is', () => {
    const small = repositoryOf({ 'a.yaml': 'kind: ConfigMap' })
    const large = { tree: tree(nested(101)), text: () => undefined }
    const refused = { sources: [], problems: [{ code: 'TOO_LARGE' }] }
    expect(discover(large, unconfigured)).toMatchObject(refused)
    expect(discoverChange(small, large, unconfigured).after).toMatchObject(refused)
  })
})

describe('X14: a repository that makes more sources than are looked at', () => {
  const refused = (count: number) => ({
    sources: [],
    problems: [{ code: 'TOO_MANY_SOURCES', path: '.', message: expect.stringContaining(`${count} sources`) }],
  })
  const folders = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}/a.yaml`, deployment('a')]))
  const list = (count: number, key = 'name', value = 'a') => ({
    list: { elements: Array.from({ length: count }, (_, index) => ({ [key]: `${value}${index}` })) },
  })
  const matrix = (value: number) => ({ matrix: { generators: [list(70), list(70, 'region', `r${value}-`)] } })
  const set = (name: string, generators: object[], path = 'app') =>
    JSON.stringify({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name },
      spec: {
        generators,
        template: {
          metadata: { name: `${name}-{{name}}-{{region}}` },
          spec: { source: { repoURL: 'https://git.example/shop', path } },
        },
      },
    })
  const app = { 'app/a.yaml': deployment('a') }
  const sets = (count: number, generators: object[]) => ({
    ...app,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`set${index}.yaml`, set(`s${index}`, generators)]),
    ),
  })

  // Rendering as many as are allowed would be a part of what is there, and the rest would look removed.
  it.each<[string, Record<string, string>, number]>([
    ['10,001 folders', folders(10_001), 10_001],
    [
      'a set of 20 generators of 4,900 applications',
      sets(
        1,
        Array.from({ length: 20 }, (_, index) => matrix(index)),
      ),
      14_700,
    ],
    [
      'sets of applications of which nothing is here',
      {
        ...app,
        ...Object.fromEntries(
          [1, 2, 3].map((each) => [`s${each}.yaml`, set(`s${each}`, [matrix(each)], 'gone')]),
        ),
      },
      14_700,
    ],
    ['1,000 sets of 4,900 applications', sets(1_000, [matrix(1)]), 14_700],
  ])('is refused with figures, and none of it is rendered: %s', (_, files, count) => {
    expect(discover(repositoryOf(files), unconfigured)).toMatchObject(refused(count))
  })

  it('is looked at as a whole at the limit', () => {
    const { sources, problems } = discover(repositoryOf(folders(10_000)), unconfigured)
    expect([sources.length, problems]).toEqual([10_000, []])
  })

  it('by one generator alone: that one is left out with figures, and what it delivers is shown as a folder', () => {
    const { sources, problems, notices } = discover(repositoryOf(sets(1, [list(100_000)])), unconfigured)
    expect(sources.map(({ path }) => path)).toContain('app')
    expect(problems).toEqual([])
    expect(notices).toMatchObject([
      {
        code: 'APPLICATIONSET_UNDETERMINED',
        message: expect.stringContaining('100000 applications, and at most 5000 are looked at'),
      },
    ])
  })
})

describe('a file', () => {
  it.each([
    ['a.yaml', 20 * megabyte, '100644', true],
    ['a.yaml', 20 * megabyte + 1, '100644', false],
    ['a.yaml', 10, '100755', true],
    ['a.yaml', 10, '120000', false],
    ['a.yaml', 0, '160000', false],
    ['holidays.ics', 10, '100644', true],
    ['a.png', 10, '100644', false],
  ])('%s of %i bytes and mode %s → read ahead %s', (path, size, mode, isRead) => {
    expect(isReadAhead(entry(path, size, mode))).toBe(isRead)
  })

  it.each([
    ['.drawbridge.yaml', true],
    ['CODEOWNERS', true],
    ['.github/CODEOWNERS', true],
    ['docs/CODEOWNERS', true],
    ['holidays.ics', true],
    ['apps/values.yaml', false],
  ])('%s → a rule %s', (path, is) => expect(isRule(entry(path))).toBe(is))
})

import { expect, it } from 'vitest'
import { discover, discoverChange } from '../../../src/features/discovery/discover.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'
const shop = { 'shop/a.yaml': deployment('a'), 'shop/b.yaml': deployment('b') }
const kustomized = { 'app/kustomization.yaml': 'resources: [a.yaml]', 'app/a.yaml': deployment('a') }

// What is not followed must show as a problem, never as the removal of what was there.
it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  ['a manifest gets to LFS', shop, { ...shop, 'shop/b.yaml': pointer }, ['LFS_REFUSED shop/b.yaml']],
  [
    'all manifests of a folder get to LFS',
    shop,
    { 'shop/a.yaml': pointer, 'shop/b.yaml': pointer },
    ['LFS_REFUSED shop/a.yaml', 'LFS_REFUSED shop/b.yaml'],
  ],
  [
    'a manifest becomes a link',
    shop,
    { ...shop, 'shop/b.yaml': '-> a.yaml' },
    ['SYMLINK_REFUSED shop/b.yaml'],
  ],
  ['a folder becomes a link', shop, { shop: '-> elsewhere' }, ['SYMLINK_REFUSED shop']],
  ['a folder becomes a submodule', shop, { shop: '@submodule' }, ['SUBMODULE_REFUSED shop']],
  ['a kustomization becomes a submodule', kustomized, { app: '@submodule' }, ['SUBMODULE_REFUSED app']],
  ['a manifest goes', shop, { 'shop/a.yaml': deployment('a') }, []],
  ['a folder goes', { ...shop, ...kustomized }, kustomized, []],
  [
    'what no source is beside becomes a submodule',
    { ...shop, 'docs/x.yaml': 'a: 1' },
    { ...shop, docs: '@submodule' },
    [],
  ],
  ['data comes in LFS', shop, { ...shop, 'data/big.yaml': pointer, 'data/big.json': pointer }, []],
  [
    'data was in LFS',
    { ...shop, 'shop/x.json': pointer },
    { ...shop, 'shop/x.json': pointer, 'a.md': '' },
    [],
  ],
])('where %s', (_, before, after, problems) => {
  const change = discoverChange(repositoryOf(before), repositoryOf(after), unconfigured)
  expect(change.after.problems.map(({ code, path }) => `${code} ${path}`)).toEqual(problems)
})

it('a manifest in LFS beside others keeps its folder from being rendered, also at first sight', () => {
  const files = repositoryOf({ ...shop, 'shop/c.yaml': pointer })
  const [source] = discover(files, unconfigured).sources
  expect(source?.files).toEqual(['shop/a.yaml', 'shop/b.yaml', 'shop/c.yaml'])
  expect(source && inputClosure(source, files).problems).toMatchObject([
    { code: 'LFS_REFUSED', path: 'shop/c.yaml', line: 1 },
  ])
})

it.each([
  ['its templates are a submodule', { 'web/templates': '@submodule' }, 'SUBMODULE_REFUSED web/templates'],
  ['a template is in LFS', { 'web/templates/a.yaml': pointer }, 'LFS_REFUSED web/templates/a.yaml'],
  ['its values are in LFS', { 'web/values.yaml': pointer }, 'LFS_REFUSED web/values.yaml'],
])('a chart is not rendered where %s', (_, files, problem) => {
  const repository = repositoryOf({
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    ...files,
  })
  const [source] = discover(repository, unconfigured).sources
  const { problems } = inputClosure(source!, repository)
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([problem])
})

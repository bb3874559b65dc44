import { describe, expect, it } from 'vitest'
import type { Promoted } from '../../../src/domain/configuration.ts'
import type { GitEntry } from '../../../src/domain/repository-files.ts'
import type { PinnedVersions } from '../../../src/features/promotion/promoted-versions.ts'
import { aPin } from '../../builders.ts'
import { planPromotion } from '../../../src/features/promotion/plan-promotion.ts'

const [source, target] = ['apps/shop/staging', 'apps/shop/prod']

interface Given {
  promote: Promoted[]
  from?: Record<string, string>
  to?: Record<string, string>
  fromEntries?: Partial<GitEntry>[]
  toEntries?: Partial<GitEntry>[]
  shared?: string[]
  pinned?: PinnedVersions[]
}

/** Paths are those below the application's folder on either side. */
function plan(given: Given) {
  const { promote, from = {}, to = {}, fromEntries = [], toEntries = [], shared = [], pinned = [] } = given
  const side = (
    environment: string,
    folder: string,
    files: Record<string, string>,
    entries: Partial<GitEntry>[],
  ) => ({
    environment,
    folder,
    objects: [],
    files: new Map(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
    entries: entries.map(({ path = '', id = 'x', mode = '100644' }) => ({
      path: `${folder}/${path}`,
      id,
      mode,
      size: 1,
    })),
  })
  return planPromotion({
    application: 'shop',
    promoted: promote,
    source: side('staging', source, from, fromEntries),
    target: {
      ...side('prod', target, to, toEntries),
      valueFiles: [],
      shared: new Set(shared.map((path) => `${target}/${path}`)),
      pins: [],
      pinned,
    },
    isAutomatic: false,
  })
}

const chart = (rest: string) => `apiVersion: v2\nname: shop\n${rest}`
const argo = (revision: string, name: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: ${name}}\nspec:\n  sources:\n  - repoURL: https://charts.example\n    chart: redis\n    targetRevision: ${revision} # pinned\n  - {repoURL: https://git.example, targetRevision: main}\n`
const release = (version: string, before = '') =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  chart:\n    spec:\n      chart: podinfo\n      sourceRef: {kind: HelmRepository, name: podinfo}\n      version: ${version}${before}\n`

describe('chart versions', () => {
  it.each`
    case                        | path                    | from                                                                                                             | to                                                                                                                | after
    ${'a dependency'}           | ${'Chart.yaml'}         | ${chart('dependencies:\n- {name: redis, repository: "oci://r", version: 2.0.0}\n')}                              | ${chart('version: 1.9.0\ndependencies:\n  - name: redis\n    version: "1.9.0" # old\n    repository: oci://r\n')} | ${chart('version: 1.9.0\ndependencies:\n  - name: redis\n    version: "2.0.0" # old\n    repository: oci://r\n')}
    ${'two aliases of a chart'} | ${'Chart.yaml'}         | ${chart('dependencies:\n- {name: redis, alias: a, version: "2"}\n- {name: redis, alias: b, version: "3"}\n')}    | ${chart('dependencies:\n- {name: redis, alias: b, version: "1"}\n- {name: redis, alias: a, version: "1"}\n')}     | ${chart('dependencies:\n- {name: redis, alias: b, version: "3"}\n- {name: redis, alias: a, version: "2"}\n')}
    ${'kustomize helmCharts'}   | ${'kustomization.yaml'} | ${'helmCharts:\n- {name: redis, repo: https://r, version: 2.0.0}\n'}                                             | ${"helmCharts:\r\n- name: redis\r\n  repo: https://r\r\n  version: '1.0.0'\r\n"}                                  | ${"helmCharts:\r\n- name: redis\r\n  repo: https://r\r\n  version: '2.0.0'\r\n"}
    ${'an Argo CD Application'} | ${'app.yaml'}           | ${argo('2.0.0', 'shop-staging')}                                                                                 | ${argo('1.0.0', 'shop-prod')}                                                                                     | ${argo('2.0.0', 'shop-prod')}
    ${'a Flux HelmRelease'}     | ${'release.yaml'}       | ${release('6.7.0')}                                                                                              | ${release('">=6.0.0"', ' # range')}                                                                               | ${release('"6.7.0"', ' # range')}
    ${'a Flux OCIRepository'}   | ${'oci.yaml'}           | ${'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec: {url: "oci://r/x", ref: {tag: 2.0.0}}\n'} | ${'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec: {url: "oci://r/x", ref: {tag: 1.0.0}}\n'}  | ${'apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec: {url: "oci://r/x", ref: {tag: 2.0.0}}\n'}
  `('$case', ({ path, from, to, after }) => {
    const result = plan({ promote: [{ kind: 'charts' }], from: { [path]: from }, to: { [path]: to } })
    expect(result).toMatchObject({ kind: 'promote', files: { [`${target}/${path}`]: after } })
  })

  it.each`
    case                          | from                                         | to                                               | kind            | text
    ${'another chart'}            | ${argo('2.0.0', 'a')}                        | ${argo('1.0.0', 'a').replace('redis', 'valkey')} | ${'nothing'}    | ${'already'}
    ${'two versions in staging'}  | ${`${argo('2', 'a')}---\n${argo('3', 'b')}`} | ${argo('1', 'a')}                                | ${'impossible'} | ${'more than one version (2, 3)'}
    ${'an anchor used elsewhere'} | ${argo('2.0.0', 'a')}                        | ${`${argo('&v 1.0.0', 'a')}x: *v\n`}             | ${'impossible'} | ${'more than this place'}
  `('$case → $kind', ({ from, to, kind, text }) => {
    const result = plan({ promote: [{ kind: 'charts' }], from: { 'a.yaml': from }, to: { 'a.yaml': to } })
    expect(result.kind).toBe(kind)
    expect(JSON.stringify(result)).toContain(text)
  })

  const dependencies = (version: string) => chart(`dependencies:\n- {name: redis, version: ${version}}\n`)
  const locked = {
    promote: [{ kind: 'charts' as const }],
    from: { 'Chart.yaml': dependencies('2.0.0') },
    to: { 'Chart.yaml': dependencies('1.0.0') },
    fromEntries: [
      { path: 'Chart.lock', id: 'new' },
      { path: 'charts/redis-2.0.0.tgz', id: 'archive' },
    ],
    toEntries: [
      { path: 'Chart.lock', id: 'old' },
      { path: 'charts/redis-1.0.0.tgz', id: 'before' },
    ],
  }

  it('take the lock and the archives along, where the dependencies are the same', () => {
    expect(plan(locked)).toMatchObject({
      files: {
        [`${target}/Chart.yaml`]: dependencies('2.0.0'),
        [`${target}/Chart.lock`]: { id: 'new', mode: '100644' },
        [`${target}/charts/redis-2.0.0.tgz`]: { id: 'archive', mode: '100644' },
        [`${target}/charts/redis-1.0.0.tgz`]: null,
      },
    })
  })

  it('are not moved past a lock that nobody can know', () => {
    const more = `${dependencies('1.0.0')}- {name: extra, version: 1.0.0}\n`
    const result = plan({ ...locked, to: { 'Chart.yaml': more } })
    expect(result).toMatchObject({ kind: 'impossible', problem: { code: 'PROMOTION_LOCK' } })
  })
})

describe('a field', () => {
  const field = (...way: (string | number)[]): Promoted[] => [
    { kind: 'field', file: '{environment}.yaml', field: way },
  ]
  const one = (from: string, to: string) =>
    plan({ promote: field('a', 'b'), from: { 'staging.yaml': from }, to: { 'prod.yaml': to } })

  it.each`
    case                            | from                            | to                                  | after
    ${'a number'}                   | ${'a: {b: 3}'}                  | ${'a:\n  b: 2 # two\n'}             | ${'a:\n  b: 3 # two\n'}
    ${'a text with quotes'}         | ${'a: {b: x y}'}                | ${"a:\n  b: 'it''s'\n"}             | ${'a:\n  b: x y\n'}
    ${'a text that looks like one'} | ${'a: {b: "3"}'}                | ${'a:\n  b: 2\n'}                   | ${'a:\n  b: "3"\n'}
    ${'a boolean of YAML 1.1'}      | ${'a: {b: yes}'}                | ${'a:\n  b: no\n'}                  | ${'a:\n  b: yes\n'}
    ${'a text with a colon'}        | ${'a: {b: "a:"}'}               | ${'a:\n  b: x\n'}                   | ${'a:\n  b: "a:"\n'}
    ${'a comma into a flow map'}    | ${'a:\n  b: x, y'}              | ${'a: { b: z, c: 1 }'}              | ${'a: { b: "x, y", c: 1 }'}
    ${'lines into one line'}        | ${'a:\n  b: |\n    1\n    2\n'} | ${"a: {b: 'z'}"}                    | ${'a: {b: "1\\n2\\n"}'}
    ${'nothing'}                    | ${'a:\n  b:\n'}                 | ${'a:\n  b: z\n'}                   | ${'a:\n  b: null\n'}
    ${'a byte order mark, CRLF'}    | ${'a: {b: 3}'}                  | ${'\uFEFFa:\r\n  b: 2\r\nc: ü\r\n'} | ${'\uFEFFa:\r\n  b: 3\r\nc: ü\r\n'}
    ${'the second document'}        | ${'a: {b: 3}'}                  | ${'x: 1\n---\na:\n    b: 2\n...\n'} | ${'x: 1\n---\na:\n    b: 3\n...\n'}
    ${'no final newline'}           | ${'a: {b: 3}'}                  | ${'a:\n\n  b: 2'}                   | ${'a:\n\n  b: 3'}
    ${'tabs after the value'}       | ${'a: {b: 3}'}                  | ${'a:\n  b: 2\t# x\n'}              | ${'a:\n  b: 3\t# x\n'}
  `('$case', ({ from, to, after }) => {
    expect(one(from, to)).toMatchObject({ kind: 'promote', files: { [`${target}/prod.yaml`]: after } })
  })

  it.each`
    case                            | from                | to                             | kind            | text
    ${'the same'}                   | ${'a: {b: 3}'}      | ${'a: {b: 3}'}                 | ${'nothing'}    | ${'already'}
    ${'on neither side'}            | ${'x: 1'}           | ${'x: 1'}                      | ${'nothing'}    | ${'already'}
    ${'only in the source'}         | ${'a: {b: 3}'}      | ${'x: 1'}                      | ${'impossible'} | ${'prod.yaml: a.b is not there'}
    ${'only in the target'}         | ${'x: 1'}           | ${'a: {b: 3}'}                 | ${'impossible'} | ${'staging.yaml: a.b is not there'}
    ${'a map'}                      | ${'a: {b: {c: 1}}'} | ${'a: {b: 3}'}                 | ${'impossible'} | ${'no single value'}
    ${'an alias'}                   | ${'a: {b: 3}'}      | ${'x: &x 1\na: {b: *x}'}       | ${'impossible'} | ${'no single value'}
    ${'an anchor in use'}           | ${'a: {b: 3}'}      | ${'a: {b: &x 1}\ny: *x'}       | ${'impossible'} | ${'more than this place'}
    ${'inside of an anchor in use'} | ${'a: {b: 3}'}      | ${'a: &a {b: 1}\ny: *a'}       | ${'impossible'} | ${'more than this place'}
    ${'a block of text'}            | ${'a: {b: 3}'}      | ${'a:\n  b: |\n    text\n'}    | ${'impossible'} | ${'block of text'}
    ${'a tag'}                      | ${'a: {b: 3}'}      | ${'a: {b: !!str 2}'}           | ${'impossible'} | ${'more than this place'}
    ${'in two documents'}           | ${'a: {b: 3}'}      | ${'a: {b: 1}\n---\na: {b: 2}'} | ${'impossible'} | ${'more than once'}
    ${'a key without a value'}      | ${'a: {b: 3}'}      | ${'a:\n  b:\n'}                | ${'impossible'} | ${'more than this place'}
    ${'no YAML'}                    | ${'a: {b: 3}'}      | ${'a: {b: [}'}                 | ${'impossible'} | ${'is not there'}
  `('$case → $kind', ({ from, to, kind, text }) => {
    const result = one(from, to)
    expect(result.kind).toBe(kind)
    expect(JSON.stringify(result)).toContain(text)
  })

  it('is found by indexes and by keys with dots, and refused where something else reads the file', () => {
    const files = { from: { 'staging.yaml': 'a: [{x.y: 2}]' }, to: { 'prod.yaml': 'a:\n- x.y: 1\n' } }
    const promote = field('a', 0, 'x.y')
    expect(plan({ promote, ...files })).toMatchObject({
      files: { [`${target}/prod.yaml`]: 'a:\n- x.y: 2\n' },
    })
    expect(plan({ promote, ...files, shared: ['prod.yaml'] })).toMatchObject({ kind: 'impossible' })
  })
})

describe('a folder', () => {
  const folder: Promoted[] = [{ kind: 'folder', folder: '.', except: ['kustomization.yaml', 'own/'] }]
  const fromEntries = [
    { path: 'same.yaml', id: '1' },
    { path: 'changed.yaml', id: '2' },
    { path: 'deep/new.bin', id: '3', mode: '100755' },
    { path: 'kustomization.yaml', id: '4' },
    { path: 'own/x.yaml', id: '5' },
  ]
  const toEntries = [
    { path: 'same.yaml', id: '1' },
    { path: 'changed.yaml', id: '7' },
    { path: 'gone.yaml', id: '8' },
    { path: 'kustomization.yaml', id: '9' },
    { path: 'own/y.yaml', id: '10' },
  ]

  it('comes as it is, and what only the target had goes; what is excepted stays', () => {
    expect(plan({ promote: folder, fromEntries, toEntries })).toEqual({
      kind: 'promote',
      moves: [
        { kind: 'file', name: `${target}/changed.yaml`, before: '7', after: '2' },
        { kind: 'file', name: `${target}/deep/new.bin`, before: 'none', after: '3' },
        { kind: 'file', name: `${target}/gone.yaml`, before: '8', after: 'none' },
      ],
      files: {
        [`${target}/changed.yaml`]: { id: '2', mode: '100644' },
        [`${target}/deep/new.bin`]: { id: '3', mode: '100755' },
        [`${target}/gone.yaml`]: null,
      },
    })
  })

  it.each`
    case                   | given                                                        | text
    ${'a symbolic link'}   | ${{ fromEntries: [{ path: 'a', id: '1', mode: '120000' }] }} | ${'a link or a submodule'}
    ${'a file of another'} | ${{ fromEntries, toEntries, shared: ['changed.yaml'] }}      | ${'read by something else'}
    ${'nothing to take'}   | ${{ toEntries }}                                             | ${'has nothing in'}
  `('$case is refused', ({ given, text }) => {
    const result = plan({ promote: folder, ...given })
    expect(result).toMatchObject({ kind: 'impossible', problem: { code: 'PROMOTION_FOLDER' } })
    expect(JSON.stringify(result)).toContain(text)
  })
})

// Images are told by what runs; these by the files of the pinned release.
describe('a pin keeps out', () => {
  const values = (mode: string) => ({ 'values.yaml': `mode: ${mode}\n` })
  const charts = (version: string) => ({
    'Chart.yaml': chart(`dependencies:\n  - { name: redis, repository: "oci://r", version: ${version} }\n`),
  })
  const entries = (id: string) => [{ path: 'a.yaml', id }]
  const folder = { promote: [{ kind: 'folder', folder: '.', except: [] }], toEntries: entries('1') }

  it.each`
    case                 | given                                                                                                               | pinned                                                                     | kind
    ${'a chart'}         | ${{ promote: [{ kind: 'charts' }], from: charts('2'), to: charts('1') }}                                            | ${{ kind: 'chart', name: 'oci://r redis', version: '2' }}                  | ${'pinned'}
    ${'another version'} | ${{ promote: [{ kind: 'charts' }], from: charts('3'), to: charts('1') }}                                            | ${{ kind: 'chart', name: 'oci://r redis', version: '2' }}                  | ${'promote'}
    ${'a field'}         | ${{ promote: [{ kind: 'field', file: 'values.yaml', field: ['mode'] }], from: values('fast'), to: values('slow') }} | ${{ kind: 'field', name: `${target}/values.yaml: mode`, version: 'fast' }} | ${'pinned'}
    ${'a folder'}        | ${{ ...folder, fromEntries: entries('2') }}                                                                         | ${{ kind: 'file', name: `${target}/a.yaml`, version: '2' }}                | ${'pinned'}
    ${'a mended folder'} | ${{ ...folder, fromEntries: entries('3') }}                                                                         | ${{ kind: 'file', name: `${target}/a.yaml`, version: '2' }}                | ${'promote'}
  `('$case → $kind', ({ given, pinned, kind }) => {
    const pin = aPin({ application: 'shop', images: {} })
    const result = plan({ ...given, pinned: [{ pin, versions: [pinned] }] })
    expect(result.kind).toBe(kind)
    expect('reason' in result ? result.reason : '').toMatch(
      kind === 'pinned' ? /pinned away from prod by drawbridge/ : /^$/,
    )
  })
})

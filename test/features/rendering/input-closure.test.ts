import { describe, expect, it } from 'vitest'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { affectedSources } from '../../../src/features/rendering/affected-sources.ts'
import { isSafePath, largeKustomization } from '../../../src/features/rendering/input-rules.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { deployment, repositoryOf } from './repository-of.ts'

const source = (more: Partial<RenderSource>): RenderSource => ({
  application: 'shop',
  environment: 'dev',
  clusters: ['dev'],
  renderer: 'kustomize',
  path: 'app',
  valueFiles: [],
  files: [],
  because: '',
  ...more,
})

describe('kustomize', () => {
  it('follows bases, components, patches, generators, replacements and transformers', () => {
    const files = repositoryOf({
      'app/kustomization.yaml': `
resources: [../base, deployment.yaml]
components: [../part]
patches: [{path: patch.yaml}, {patch: "- op: remove"}]
patchesStrategicMerge: [merge.yaml]
patchesJson6902: [{path: six.yaml}]
configMapGenerator: [{name: a, files: [key=conf/a.txt, conf/b.txt], envs: [conf/c.env]}]
secretGenerator: [{name: b, env: conf/d.env}]
replacements: [{path: replace.yaml}]
configurations: [names.yaml]
crds: [crd.json]
openapi: {path: schema.json}
`,
      ...named(
        'app',
        'deployment.yaml patch.yaml merge.yaml six.yaml replace.yaml names.yaml crd.json schema.json',
      ),
      ...named('app/conf', 'a.txt b.txt c.env d.env'),
      'app/unused.yaml': 'a: 1',
      'base/kustomization.yml': 'bases: [../deep]',
      'deep/Kustomization': 'resources: [a.yaml]',
      'deep/a.yaml': deployment('a'),
      'part/kustomization.yaml': 'kind: Component\nresources: [b.yaml]',
      'part/b.yaml': deployment('b'),
    })
    const { paths, problems } = inputClosure(source({}), files)
    expect(problems).toEqual([])
    const all = files.tree.entries.map((entry) => entry.path).filter((path) => path !== 'app/unused.yaml')
    expect(paths).toEqual(all)
  })

  it('takes the whole folder where a built-in transformer may read anything beside it', () => {
    const files = repositoryOf({
      'app/kustomization.yaml': 'transformers: [t.yaml]',
      'app/t.yaml': 'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\npath: p.yaml\n',
      'app/p.yaml': 'a: 1',
    })
    expect(inputClosure(source({}), files)).toEqual({
      paths: ['app/kustomization.yaml', 'app/p.yaml', 'app/t.yaml'],
      problems: [],
      doubtful: ['app/p.yaml'],
    })
  })

  it('ends where kustomizations refer to each other in a circle', () => {
    const files = repositoryOf({
      'app/kustomization.yaml': 'resources: [../b]',
      'b/kustomization.yaml': 'resources: [../app]',
    })
    expect(inputClosure(source({}), files).paths).toEqual(['app/kustomization.yaml', 'b/kustomization.yaml'])
  })

  it.each`
    case                       | line                                                      | code                          | more
    ${'https base'}            | ${'resources: [https://host.example/x?ref=v1]'}           | ${'KUSTOMIZE_REMOTE_BASE'}    | ${{}}
    ${'ssh base'}              | ${'resources: ["git@host.example:a/b.git"]'}              | ${'KUSTOMIZE_REMOTE_BASE'}    | ${{}}
    ${'git:: base'}            | ${'resources: ["git::https://host.example/a"]'}           | ${'KUSTOMIZE_REMOTE_BASE'}    | ${{}}
    ${'file:// base'}          | ${'resources: ["file:///etc"]'}                           | ${'KUSTOMIZE_REMOTE_BASE'}    | ${{}}
    ${'short GitHub base'}     | ${'resources: [github.com/a/b//c]'}                       | ${'KUSTOMIZE_REMOTE_BASE'}    | ${{}}
    ${'out of the repository'} | ${'resources: [../../etc]'}                               | ${'PATH_OUTSIDE_REPOSITORY'}  | ${{}}
    ${'absolute path'}         | ${'resources: [/etc/passwd]'}                             | ${'PATH_OUTSIDE_REPOSITORY'}  | ${{}}
    ${'file beside'}           | ${'resources: [../x.yaml]'}                               | ${'KUSTOMIZE_OUTSIDE_ROOT'}   | ${{ 'x.yaml': 'a: 1' }}
    ${'missing file'}          | ${'patches: [{path: gone.yaml}]'}                         | ${'FILE_MISSING'}             | ${{}}
    ${'folder without'}        | ${'resources: [sub]'}                                     | ${'KUSTOMIZATION_MISSING'}    | ${{ 'app/sub/a.yaml': 'a: 1' }}
    ${'symbolic link'}         | ${'resources: [l.yaml]'}                                  | ${'SYMLINK_REFUSED'}          | ${{ 'app/l.yaml': '-> /etc/passwd' }}
    ${'through a link'}        | ${'resources: [l/a.yaml]'}                                | ${'SYMLINK_REFUSED'}          | ${{ 'app/l': '-> /etc' }}
    ${'submodule'}             | ${'resources: [m/a.yaml]'}                                | ${'SUBMODULE_REFUSED'}        | ${{ 'app/m': '@submodule' }}
    ${'LFS pointer'}           | ${'resources: [a.yaml]'}                                  | ${'LFS_REFUSED'}              | ${{ 'app/a.yaml': 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n' }}
    ${'exec plug-in'}          | ${'generators: [g.yaml]'}                                 | ${'KUSTOMIZE_PLUGIN_REFUSED'} | ${{ 'app/g.yaml': 'apiVersion: x.example/v1\nkind: Tool\n' }}
    ${'container function'}    | ${'transformers: [g.yaml]'}                               | ${'KUSTOMIZE_PLUGIN_REFUSED'} | ${{ 'app/g.yaml': 'apiVersion: builtin\nmetadata:\n  annotations:\n    config.kubernetes.io/function: "exec: {path: x}"\n' }}
    ${'chart to inflate'}      | ${'helmCharts: [{name: redis, repo: https://x.example}]'} | ${'KUSTOMIZE_HELM_REFUSED'}   | ${{}}
    ${'no kustomization'}      | ${undefined}                                              | ${'KUSTOMIZATION_MISSING'}    | ${{ 'app/a.yaml': 'a: 1' }}
  `('$case → $code', ({ line, code, more }) => {
    const kustomization = line === undefined ? {} : { 'app/kustomization.yaml': `# first line\n${line}\n` }
    const { problems } = inputClosure(source({}), repositoryOf({ ...kustomization, ...more }))
    expect(problems).toMatchObject([{ code }])
    expect(problems[0]?.fix).not.toBe('')
    const inKustomization = problems.filter((problem) => problem.path === 'app/kustomization.yaml')
    expect(inKustomization.every((problem) => problem.line === 2)).toBe(true)
  })

  it('refuses more than it can render, with figures', () => {
    const large = 'x'.repeat(21 * 1024 * 1024)
    const files = repositoryOf({ 'app/kustomization.yaml': 'resources: [a.yaml]', 'app/a.yaml': large })
    expect(inputClosure(source({}), files).problems).toMatchObject([{ code: 'TOO_LARGE', path: 'app' }])
  })
})

describe('helm', () => {
  const helm = source({ renderer: 'helm', path: 'chart', valueFiles: ['values/prod.yaml'] })

  it('takes the whole chart, its values files and the charts of this repository it depends on', () => {
    const files = repositoryOf({
      'chart/Chart.yaml': 'name: a\ndependencies:\n- {name: common, repository: "file://../common"}\n',
      'chart/templates/a.yaml': '{{ .Values.x }}',
      'chart/files/a.txt': 'a',
      'common/Chart.yaml': 'name: common\ntype: library\n',
      'common/templates/_a.tpl': '',
      'values/prod.yaml': 'x: 1',
      'values/dev.yaml': 'x: 2',
    })
    const { paths, problems } = inputClosure(helm, files)
    expect(problems).toEqual([])
    expect(paths).toEqual(
      files.tree.entries.map((entry) => entry.path).filter((path) => path !== 'values/dev.yaml'),
    )
  })

  it('says which dependency and values file are missing', () => {
    const files = repositoryOf({
      'chart/Chart.yaml':
        'name: a\ndependencies:\n- name: redis\n  repository: https://charts.example\n- name: kept\n  repository: https://charts.example\n',
      'chart/charts/kept-1.0.0.tgz': 'archive',
    })
    expect(inputClosure(helm, files).problems).toMatchObject([
      { code: 'CHART_NOT_ALLOWED', path: 'chart/Chart.yaml', line: 3 },
      { code: 'HELM_VALUES_MISSING', path: 'values/prod.yaml' },
    ])
  })
})

function named(folder: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [`${folder}/${name}`, `name: ${name}`]))
}

describe('doubt', () => {
  const built = 'apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: a}\n'
  const texts = {
    'app/kustomization.yaml': 'resources: [a.yaml]\ntransformers: [t.yaml]',
    'app/a.yaml': 'a: 1',
    'app/t.yaml': built,
    'app/notes.txt': 'a',
  }

  it('widens to the whole folder, and tells what is only there by doubt', () => {
    const closure = inputClosure(source({}), repositoryOf(texts))
    expect(closure.paths).toEqual(Object.keys(texts).toSorted())
    expect(closure.doubtful).toEqual(['app/notes.txt'])
  })

  it('is all that is known of a plug-in', () => {
    const { paths, doubtful } = inputClosure(source({ renderer: 'plugin', plugin: 'x' }), repositoryOf(texts))
    expect(doubtful?.toSorted()).toEqual(paths)
  })

  it.each`
    changed                            | because
    ${['app/notes.txt']}               | ${'it may read app/notes.txt: what its plug-in reads cannot be followed, so the whole folder counts'}
    ${['app/a.yaml']}                  | ${'it reads app/a.yaml'}
    ${['app/notes.txt', 'app/a.yaml']} | ${'it reads app/a.yaml'}
  `('is said of a change of $changed only where nothing is sure', ({ changed, because }) => {
    const sources = [source({})]
    const after = { ...texts, ...Object.fromEntries(changed.map((path: string) => [path, 'b: 2'])) }
    const affected = affectedSources(
      { files: repositoryOf(texts), sources },
      { files: repositoryOf(after), sources },
    )
    expect(affected).toMatchObject([{ because, changedPaths: changed.toSorted() }])
  })
})

describe('a large kustomization', () => {
  it.each`
    renderer       | objects  | codes
    ${'kustomize'} | ${2_000} | ${[]}
    ${'kustomize'} | ${2_001} | ${['KUSTOMIZATION_LARGE']}
    ${'helm'}      | ${9_000} | ${[]}
  `('$renderer with $objects objects: $codes', ({ renderer, objects, codes }) => {
    expect(largeKustomization(source({ renderer }), objects).map(({ code }) => code)).toEqual(codes)
  })
})

describe('the name of a path', () => {
  it.each([
    'app/a.yaml',
    'app/.github/a.yaml',
    'app/.gitignore',
    'app/aux.yaml',
    'app/a:b.yaml',
    'app/..a/b.',
    'ü/日本/🚀.yaml',
  ])('%j is as good as any', (path) => {
    expect(isSafePath(path)).toBe(true)
  })

  it.each([
    ['leads out', 'app/../../etc/passwd'],
    ['leads out where dots and spaces at the end are left out', 'app/.. /a.yaml'],
    ['has an empty part', 'app//a.yaml'],
    ['is a line of a log', 'app/a\nb.yaml'],
    ['goes back in the line', 'app/a\u001b[2Kb.yaml'],
    ['is a path of Windows', 'app\\..\\a.yaml'],
    ['reads backwards', 'app/\u202elmay.a'],
    ['reads backwards in part', 'app/\u2067a\u2069.yaml'],
    ['hides a mark of direction', 'app/a\u200f.yaml'],
    ['was no UTF-8, so that two of them are one', 'app/a\uFFFD.yaml'],
    ['is of git', 'app/.git/config'],
    ['is of git in other letters', 'app/.GiT/config'],
    ['is of git by its short name', 'app/GIT~1/config'],
    ['is of git on NTFS', 'app/.git. ./config'],
    ['is a stream of NTFS', 'app/.git::$INDEX_ALLOCATION/config'],
    ['is of git on HFS+', 'app/.g\u200cit/config'],
    ['is of git behind a mark', 'app/\uFEFF.git/config'],
    ['is longer than anybody writes', 'a/'.repeat(600)],
  ])('that %s is refused', (_, path) => {
    expect(isSafePath(path)).toBe(false)
    const name = path.replace(/^app\//, '')
    const files = repositoryOf({ 'app/kustomization.yaml': 'resources: []\n', [`app/${name}`]: 'a: 1' })
    const plain = source({ renderer: 'plain', files: [`app/${name}`] })
    expect(inputClosure(plain, files).problems).toMatchObject([{ code: 'PATH_REFUSED' }])
  })
})

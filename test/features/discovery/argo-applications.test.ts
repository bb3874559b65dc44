import { describe, expect, it } from 'vitest'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { discover } from '../../../src/features/discovery/discover.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const here = 'https://git.example/shop/deploy.git'
const elsewhere = 'https://git.example/vendor/charts.git'

function application(spec: object, name = 'web'): string {
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec })
}

const chart = {
  'charts/web/Chart.yaml': 'name: web',
  'charts/web/values-prod.yaml': 'a: 1',
  'charts/web/env/eu.yaml': 'a: 1',
  'charts/web/env/us.yaml': 'a: 1',
  'charts/web/license.txt': 'text',
  'global.yaml': 'a: 1',
}

function find(texts: Record<string, string>) {
  return discover(repositoryOf(texts), unconfigured)
}

/** The source that an Application with this `source` gives. */
function sourceOf(source: object, texts: Record<string, string> = chart): RenderSource | undefined {
  const spec = { destination: { namespace: 'shop' }, project: 'p', source: { repoURL: here, ...source } }
  return find({ ...texts, 'argo/web.json': application(spec) }).sources.find(({ because }) =>
    because.startsWith('Argo CD'),
  )
}

function helmOf(helm: object): RenderSource | undefined {
  return sourceOf({ path: 'charts/web', helm })
}

/** Source: Argo CD, reposerver/repository/repository.go getResolvedValueFiles; util/io/path/resolved.go. */
describe('values files', () => {
  it.each`
    rule                                 | valueFiles                                        | found
    ${'beside the chart'}                | ${['values-prod.yaml']}                           | ${['charts/web/values-prod.yaml']}
    ${'below and above it'}              | ${['./env/eu.yaml', '../../global.yaml']}         | ${['charts/web/env/eu.yaml', 'global.yaml']}
    ${'from the root of the repository'} | ${['/global.yaml']}                               | ${['global.yaml']}
    ${'by a pattern, in order'}          | ${['env/*.yaml']}                                 | ${['charts/web/env/eu.yaml', 'charts/web/env/us.yaml']}
    ${'by a pattern with **'}            | ${['/charts/**/eu.yaml']}                         | ${['charts/web/env/eu.yaml']}
    ${'once, at the first place'}        | ${['env/eu.yaml', '/global.yaml', 'env/eu.yaml']} | ${['charts/web/env/eu.yaml', 'global.yaml']}
    ${'by name rather than by pattern'}  | ${['env/*.yaml', 'env/eu.yaml']}                  | ${['charts/web/env/us.yaml', 'charts/web/env/eu.yaml']}
    ${'with the build environment'}      | ${['env/${ARGOCD_APP_NAMESPACE}.yaml']}           | ${['charts/web/env/shop.yaml']}
    ${'one that is not there'}           | ${['missing.yaml']}                               | ${['charts/web/missing.yaml']}
  `('$rule', ({ valueFiles, found }) => {
    expect(helmOf({ valueFiles })?.valueFiles).toEqual(found)
  })

  it('leaves out what is not there with ignoreMissingValueFiles, and only then', () => {
    const valueFiles = ['missing.yaml', 'none/*.yaml', 'values-prod.yaml']
    expect(helmOf({ valueFiles, ignoreMissingValueFiles: true })?.valueFiles).toEqual([
      'charts/web/values-prod.yaml',
    ])
    expect(helmOf({ valueFiles })?.valueFiles).toBeUndefined()
  })
})

/** Source: Argo CD, reposerver/repository/repository.go helmTemplate; util/helm/cmd.go template. */
describe('what helm is told', () => {
  it.each`
    rule                                  | helm                                                                      | found
    ${'values as text'}                   | ${{ values: 'a: {b: 1}' }}                                                | ${{ values: { a: { b: 1 } } }}
    ${'valuesObject instead of values'}   | ${{ values: 'a: 1', valuesObject: { b: 2 } }}                             | ${{ values: { b: 2 } }}
    ${'the name of the release'}          | ${{ releaseName: 'shop' }}                                                | ${{ releaseName: 'shop' }}
    ${'the name of the application'}      | ${{ values: 'a: 1' }}                                                     | ${{ releaseName: 'web' }}
    ${'the namespace of the destination'} | ${{ values: 'a: 1' }}                                                     | ${{ namespace: 'shop' }}
    ${'a namespace for the chart alone'}  | ${{ namespace: 'inner' }}                                                 | ${{ namespace: 'shop', helm: { namespace: 'inner' } }}
    ${'a parameter, in its own syntax'}   | ${{ parameters: [{ name: 'a[0].b\\.c', value: '1' }] }}                   | ${{ helm: { parameters: [{ name: 'a[0].b\\.c', value: '1', isText: false }] } }}
    ${'a parameter as text'}              | ${{ parameters: [{ name: 'a', value: '1', forceString: true }] }}         | ${{ helm: { parameters: [{ name: 'a', value: '1', isText: true }] } }}
    ${'the last parameter of a name'}     | ${{ parameters: [{ name: 'a', value: '1' }, { name: 'a', value: '2' }] }} | ${{ helm: { parameters: [{ name: 'a', value: '2', isText: false }] } }}
    ${'commas as part of the value'}      | ${{ parameters: [{ name: 'a', value: 'b,c\\,d' }] }}                      | ${{ helm: { parameters: [{ name: 'a', value: 'b\\,c\\,d', isText: false }] } }}
    ${'a list as a list'}                 | ${{ parameters: [{ name: 'a', value: '{b,c}' }] }}                        | ${{ helm: { parameters: [{ name: 'a', value: '{b,c}', isText: false }] } }}
    ${'the build environment'}            | ${{ parameters: [{ name: 'a', value: '$ARGOCD_APP_NAME-$$1-$X' }] }}      | ${{ helm: { parameters: [{ name: 'a', value: 'web-$1-', isText: false }] } }}
    ${'a value from a file'}              | ${{ fileParameters: [{ name: 'l', path: 'license.txt' }] }}               | ${{ helm: { fileParameters: [{ name: 'l', path: 'charts/web/license.txt' }] } }}
    ${'no definitions'}                   | ${{ skipCrds: true }}                                                     | ${{ isWithoutCrds: true }}
    ${'no check by schema'}               | ${{ skipSchemaValidation: true }}                                         | ${{ helm: { isSchemaIgnored: true } }}
    ${'what the cluster is'}              | ${{ kubeVersion: 'v1.30.1', apiVersions: ['a/v1/B'] }}                    | ${{ kubernetes: { version: '1.30.1', apiVersions: ['a/v1/B'] } }}
  `('$rule', ({ helm, found }) => {
    expect(helmOf(helm)).toMatchObject(found)
  })
})

/** Source: Argo CD, util/kustomize/kustomize.go Build; kustomize, edit/set/setimage.go. */
describe('edits of a kustomization', () => {
  const texts = {
    'web/kustomization.yaml': '',
    'web/patch.yaml': 'a: b',
    'tls/kustomization.yaml': 'kind: Component',
  }
  const editsOf = (kustomize: object) => sourceOf({ path: 'web', kustomize }, texts)?.edits

  it.each`
    rule                           | kustomize                                                                                                         | edits
    ${'prefix, suffix, namespace'} | ${{ namePrefix: 'a-', nameSuffix: '-z', namespace: 'n' }}                                                         | ${{ namePrefix: 'a-', nameSuffix: '-z', namespace: 'n' }}
    ${'an image with a tag'}       | ${{ images: ['r.io:5000/a:1'] }}                                                                                  | ${{ images: [{ name: 'r.io:5000/a', newTag: '1' }] }}
    ${'an image with a digest'}    | ${{ images: ['a@sha256:12'] }}                                                                                    | ${{ images: [{ name: 'a', digest: 'sha256:12' }] }}
    ${'another image'}             | ${{ images: ['a=b'] }}                                                                                            | ${{ images: [{ name: 'a', newName: 'b' }] }}
    ${'another image and tag'}     | ${{ images: ['a=r.io/b:2'] }}                                                                                     | ${{ images: [{ name: 'a', newName: 'r.io/b', newTag: '2' }] }}
    ${'another image and digest'}  | ${{ images: ['a=b@sha256:12'] }}                                                                                  | ${{ images: [{ name: 'a', newName: 'b', digest: 'sha256:12' }] }}
    ${'what the file says'}        | ${{ images: ['a=*:2'] }}                                                                                          | ${{ images: [{ name: 'a', newName: '*', newTag: '2' }] }}
    ${'the last of an image'}      | ${{ images: ['a:1', 'a:2'] }}                                                                                     | ${{ images: [{ name: 'a', newTag: '2' }] }}
    ${'replicas'}                  | ${{ replicas: [{ name: 'a', count: 2 }, { name: 'b', count: '3' }] }}                                             | ${{ replicas: [{ name: 'a', count: 2 }, { name: 'b', count: 3 }] }}
    ${'labels'}                    | ${{ commonLabels: { a: '$ARGOCD_APP_NAME' } }}                                                                    | ${{ labels: [{ pairs: { a: 'web' }, includeSelectors: true, includeTemplates: true }] }}
    ${'labels without selectors'}  | ${{ commonLabels: { a: 'b' }, labelWithoutSelector: true }}                                                       | ${{ labels: [{ pairs: { a: 'b' }, includeSelectors: false, includeTemplates: false }] }}
    ${'labels of templates'}       | ${{ commonLabels: { a: 'b' }, labelWithoutSelector: true, labelIncludeTemplates: true, forceCommonLabels: true }} | ${{ labels: [{ pairs: { a: 'b' }, includeSelectors: false, includeTemplates: true, isForced: true }] }}
    ${'annotations'}               | ${{ commonAnnotations: { a: '$ARGOCD_APP_NAME' }, forceCommonAnnotations: true }}                                 | ${{ annotations: { a: '$ARGOCD_APP_NAME' }, areAnnotationsForced: true }}
    ${'annotations, filled in'}    | ${{ commonAnnotations: { a: '$ARGOCD_APP_NAME' }, commonAnnotationsEnvsubst: true }}                              | ${{ annotations: { a: 'web' } }}
    ${'a patch'}                   | ${{ patches: [{ patch: 'x: y', target: { kind: 'A' } }] }}                                                        | ${{ patches: [{ patch: 'x: y', target: { kind: 'A' } }] }}
    ${'a patch of a file'}         | ${{ patches: [{ path: 'patch.yaml' }] }}                                                                          | ${{ patches: [{ patch: 'a: b' }] }}
    ${'components'}                | ${{ components: ['../tls'] }}                                                                                     | ${{ components: ['tls'] }}
    ${'components that are there'} | ${{ components: ['../tls', '../no'], ignoreMissingComponents: true }}                                             | ${{ components: ['tls'] }}
  `('$rule', ({ kustomize, edits }) => {
    expect(editsOf(kustomize)).toEqual({ by: 'argocd', ...edits })
  })

  it('are none where nothing is said', () => {
    expect(editsOf({})).toBeUndefined()
  })
})

/** Source: Argo CD, reposerver/repository/repository.go getPotentiallyValidManifestFile, findManifests. */
describe('files of a plain folder', () => {
  const texts = {
    'web/a.yaml': deployment('a'),
    'web/config/b.yaml': deployment('b'),
    'web/config/c.json': '{"apiVersion":"v1","kind":"A","metadata":{"name":"c"}}',
    'web/skipped.yaml': `# +argocd:skip-file-rendering\n${deployment('s')}`,
  }
  it.each`
    rule                     | directory                                          | files
    ${'of the folder alone'} | ${undefined}                                       | ${['web/a.yaml']}
    ${'of all below'}        | ${{ recurse: true }}                               | ${['web/a.yaml', 'web/config/b.yaml', 'web/config/c.json']}
    ${'without some'}        | ${{ recurse: true, exclude: 'config/*' }}          | ${['web/a.yaml']}
    ${'only some'}           | ${{ recurse: true, include: '*.json' }}            | ${['web/config/c.json']}
    ${'one of several'}      | ${{ recurse: true, include: '{a.yaml,*/b.yaml}' }} | ${['web/a.yaml', 'web/config/b.yaml']}
    ${'exclusion wins'}      | ${{ recurse: true, include: '*', exclude: '*b*' }} | ${['web/a.yaml', 'web/config/c.json']}
  `('$rule', ({ directory, files }) => {
    expect(sourceOf({ path: 'web', directory }, texts)?.files).toEqual(files)
  })

  it('a file may be delivered twice, and what is left out is nobody’s', () => {
    const { sources } = find({
      ...texts,
      'argo/all.json': application({ source: { path: 'web', directory: { recurse: true } } }, 'all'),
      'argo/part.json': application({ source: { path: 'web/config' } }, 'part'),
    })
    const files = sources.map((source) => `${source.application}: ${source.files.join(' ')}`)
    expect(files.toSorted()).toEqual([
      'all: web/a.yaml web/config/b.yaml web/config/c.json',
      'argo: argo/all.json argo/part.json',
      'part: web/config/b.yaml web/config/c.json',
    ])
  })

  it('Jsonnet is carried with its variables', () => {
    const jsonnet = {
      tlas: [{ name: 'n', value: '1', code: true }],
      extVars: [{ name: 'e', value: '$ARGOCD_APP_NAME' }],
      libs: ['/lib'],
    }
    expect(sourceOf({ path: 'j', directory: { jsonnet } }, { 'j/main.jsonnet': '{}' })).toMatchObject({
      renderer: 'jsonnet',
      files: ['j/main.jsonnet'],
      jsonnet: {
        topLevel: [{ name: 'n', value: '1', isCode: true }],
        external: [{ name: 'e', value: 'web', isCode: false }],
        libraries: ['lib'],
      },
    })
  })
})

/** Source: Argo CD, types.go ExplicitType; util/app/discovery/discovery.go; util/argo/argo.go NormalizeSource. */
describe('what renders a folder', () => {
  const both = { 'x/Chart.yaml': 'name: x', 'x/kustomization.yaml': '', 'x/a.yaml': deployment('a') }
  it.each`
    rule                                | source                            | renderer
    ${'a kustomization before a chart'} | ${{}}                             | ${'kustomize'}
    ${'a chart by its settings'}        | ${{ helm: { releaseName: 'r' } }} | ${'helm'}
    ${'an empty setting is none'}       | ${{ helm: { valueFiles: [] } }}   | ${'kustomize'}
  `('$rule', ({ source, renderer }) => {
    expect(sourceOf({ path: 'x', ...source }, both)?.renderer).toBe(renderer)
  })

  it('overrides beside the folder count, for all applications and for one', () => {
    const texts = {
      ...chart,
      'charts/web/.argocd-source.yaml': 'helm: {releaseName: all, values: "a: 1"}',
      'charts/web/.argocd-source-web.yaml': 'helm: {releaseName: one}\npath: other',
    }
    expect(sourceOf({ path: 'charts/web' }, texts)).toMatchObject({
      path: 'charts/web',
      releaseName: 'one',
      values: { a: 1 },
    })
  })
})

describe('several sources', () => {
  const several = (...sources: object[]) => find({ ...chart, 'argo/web.json': application({ sources }) })

  it('take values files from another source of this repository', () => {
    const { sources, notices } = several(
      {
        repoURL: here,
        path: 'charts/web',
        helm: { valueFiles: ['$values/global.yaml', 'values-prod.yaml'] },
      },
      { repoURL: 'git@git.example:shop/deploy', ref: 'values' },
    )
    expect(sources.find(({ renderer }) => renderer === 'helm')).toMatchObject({
      application: 'web',
      valueFiles: ['global.yaml', 'charts/web/values-prod.yaml'],
    })
    expect(notices).toEqual([])
  })

  it('are told apart by name or place', () => {
    const { sources } = several(
      { repoURL: here, path: 'charts/web', name: 'chart' },
      { repoURL: here, path: 'argo' },
    )
    expect(sources.map(({ application }) => application).toSorted()).toEqual(['web-2', 'web-chart'])
  })
})

describe('what is not shown', () => {
  const notices = (spec: object, texts: Record<string, string> = chart) =>
    find({ ...texts, 'argo/web.json': application(spec) }).notices

  it.each`
    code                          | why                               | spec
    ${'CHART_IS_REMOTE'}          | ${'a chart of a registry'}        | ${{ source: { repoURL: 'https://charts.example', chart: 'redis', targetRevision: '1' } }}
    ${'SOURCE_IS_ELSEWHERE'}      | ${'another repository'}           | ${{ sources: [{ repoURL: here, path: 'charts/web' }, { repoURL: elsewhere, path: 'redis' }] }}
    ${'SOURCE_IS_MISSING'}        | ${'a folder that is not there'}   | ${{ sources: [{ repoURL: here, path: 'charts/web' }, { repoURL: here, path: 'charts/gone' }] }}
    ${'APPLICATION_UNDETERMINED'} | ${'a plug-in'}                    | ${{ source: { repoURL: here, path: 'charts/web', plugin: { name: 'x' } } }}
    ${'APPLICATION_UNDETERMINED'} | ${'both helm and kustomize'}      | ${{ source: { repoURL: here, path: 'charts/web', helm: { releaseName: 'a' }, kustomize: { namePrefix: 'a' } } }}
    ${'APPLICATION_UNDETERMINED'} | ${'values of another repository'} | ${{ sources: [{ repoURL: here, path: 'charts/web', helm: { valueFiles: ['$v/a.yaml'] } }, { repoURL: elsewhere, ref: 'v' }, { repoURL: elsewhere, path: 'x' }] }}
    ${'APPLICATION_UNDETERMINED'} | ${'values of another host'}       | ${{ source: { repoURL: here, path: 'charts/web', helm: { valueFiles: ['https://a.example/v.yaml'] } } }}
    ${'APPLICATION_UNDETERMINED'} | ${'the commit as a value'}        | ${{ source: { repoURL: here, path: 'charts/web', helm: { parameters: [{ name: 'a', value: '$ARGOCD_APP_REVISION' }] } } }}
    ${'APPLICATION_UNDETERMINED'} | ${'values that are no YAML'}      | ${{ source: { repoURL: here, path: 'charts/web', helm: { values: 'a: [' } } }}
    ${'NOTHING_TO_RENDER'}        | ${'an empty folder'}              | ${{ source: { repoURL: here, path: 'charts/web/env' } }}
  `('$code: $why', ({ code, spec }) => {
    expect(notices(spec)).toContainEqual(expect.objectContaining({ code, path: 'argo/web.json', line: 1 }))
  })

  it('Applications that a chart makes', () => {
    const template = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: {{ .Values.a }}}'
    expect(find({ ...chart, 'charts/web/templates/apps.yaml': template }).notices).toMatchObject([
      { code: 'APPLICATIONS_ARE_TEMPLATED', path: 'charts/web/templates/apps.yaml' },
    ])
  })

  it('no patch of an Application counts as one', () => {
    const texts = {
      'o/kustomization.yaml': 'resources: [app.json]\npatches: [{path: patch.json}]',
      'o/app.json': application({ source: { repoURL: here, path: 'web' } }),
      'o/patch.json': application({ source: { repoURL: here, path: 'other' } }),
      'web/a.yaml': deployment('a'),
    }
    expect(find(texts).notices).toMatchObject([{ code: 'APPLICATION_IS_PATCHED', path: 'o/app.json' }])
    expect(
      find(texts)
        .sources.map(({ path }) => path)
        .toSorted(),
    ).toEqual(['o', 'web'])
    const target = { kind: 'Application', name: 'web' }
    const inline = JSON.stringify({ resources: ['app.json'], patches: [{ patch: '[]', target }] })
    expect(find({ ...texts, 'o/kustomization.yaml': inline }).notices).toContainEqual(
      expect.objectContaining({ code: 'APPLICATION_IS_PATCHED', path: 'o/app.json' }),
    )
  })
})

/** Which `repoURL`s are this repository, with nothing configured. */
describe('the address of this repository', () => {
  const apps = (...sources: [string, string][]) =>
    Object.fromEntries(
      sources.map(([repoURL, path], at) => [
        `argo/${at}.json`,
        application({ source: { repoURL, path } }, `app-${at}`),
      ]),
    )
  const texts = {
    'a/x.yaml': deployment('a'),
    'b/x.yaml': deployment('b'),
    'guestbook/x.yaml': deployment('g'),
  }
  const shown = (...sources: [string, string][]) =>
    find({ ...texts, ...apps(...sources) })
      .sources.filter(({ because }) => because.startsWith('Argo CD'))
      .map(({ application }) => application)

  it.each`
    rule                                       | sources                                                                         | found
    ${'the one whose folders are here'}        | ${[[here, 'a'], [here, 'b'], [elsewhere, 'redis']]}                             | ${['app-0', 'app-1']}
    ${'in any spelling'}                       | ${[[here, 'a'], ['ssh://git@git.example:22/Shop/deploy', 'b']]}                 | ${['app-0', 'app-1']}
    ${'a fork or mirror has the same name'}    | ${[[here, 'a'], [here, 'b'], ['https://other.example/me/deploy', 'guestbook']]} | ${['app-0', 'app-1', 'app-2']}
    ${'a folder of the same name is no proof'} | ${[[here, 'a'], [here, 'b'], [elsewhere, 'guestbook']]}                         | ${['app-0', 'app-1']}
    ${'in doubt all'}                          | ${[[here, 'a'], [elsewhere, 'guestbook']]}                                      | ${['app-0', 'app-1']}
    ${'none'}                                  | ${[[elsewhere, 'redis']]}                                                       | ${[]}
  `('$rule', ({ sources, found }) => {
    expect(shown(...(sources as [string, string][]))).toEqual(found)
  })
})

/** The path first, then the file that delivers, then the cluster, then the values files. */
describe('environment and cluster', () => {
  const place = (destination: object, source: object = {}, file = 'argo/web.json') => {
    const spec = { destination, source: { repoURL: here, path: 'charts/web', ...source } }
    const secret = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
      stringData: { name: 'named', server: 'https://10.0.0.1:6443' },
    })
    const { sources } = find({ ...chart, 'c/s.json': secret, [file]: application(spec) })
    const found = sources.find(({ because }) => because.startsWith('Argo CD'))
    return `${found?.environment}/${found?.clusters.join()}`
  }
  it.each`
    rule                                   | destination                                     | source                                            | file                  | found
    ${'the cluster Argo CD runs in'}       | ${{ name: 'in-cluster' }}                       | ${{}}                                             | ${'argo/web.json'}    | ${'default/default'}
    ${'the same, by its server'}           | ${{ server: 'https://kubernetes.default.svc' }} | ${{}}                                             | ${'argo/web.json'}    | ${'default/default'}
    ${'by name, that says where'}          | ${{ name: 'prod' }}                             | ${{}}                                             | ${'argo/web.json'}    | ${'prod/prod'}
    ${'by a word of its name'}             | ${{ name: 'eu-staging-1' }}                     | ${{}}                                             | ${'argo/web.json'}    | ${'staging/eu-staging-1'}
    ${'by its server, declared here'}      | ${{ server: 'https://10.0.0.1:6443' }}          | ${{}}                                             | ${'argo/web.json'}    | ${'default/named'}
    ${'by its server, declared elsewhere'} | ${{ server: 'https://k.example:6443' }}         | ${{}}                                             | ${'argo/web.json'}    | ${'default/k.example'}
    ${'by values files'}                   | ${{ name: 'c1' }}                               | ${{ helm: { valueFiles: ['values-prod.yaml'] } }} | ${'argo/web.json'}    | ${'prod/c1'}
    ${'by the file before the cluster'}    | ${{ name: 'prod' }}                             | ${{}}                                             | ${'argo/qa/web.json'} | ${'qa/prod'}
  `('$rule', ({ destination, source, file, found }) => {
    expect(place(destination, source, file)).toBe(found)
  })
})

import { describe, expect, it } from 'vitest'
import { discover } from '../../../src/features/discovery/discover.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const groups: Record<string, string> = {
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  ArtifactGenerator: 'source.extensions.fluxcd.io/v1beta1',
}

/** One object of Flux as text; its group follows from its kind. */
function flux(kind: string, name: string, spec: object, namespace?: string): string {
  const apiVersion = groups[kind] ?? 'source.toolkit.fluxcd.io/v1'
  return JSON.stringify({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, spec })
}

const here = { sourceRef: { kind: 'GitRepository', name: 'flux-system' } }
const kustomization = (spec: object) => flux('Kustomization', 'app', { path: './app', ...here, ...spec })
const found = (texts: Record<string, string>) => discover(repositoryOf(texts), unconfigured)
const folder = { 'app/kustomization.yaml': 'resources: [a.yaml]', 'app/a.yaml': deployment('a') }
const chart = { 'charts/web/Chart.yaml': 'name: web', 'charts/web/values.yaml': 'a: 1' }

/** The one source that Flux's object in `flux/x.json` delivers. */
const delivered = (text: string, more: Record<string, string> = {}) => {
  const { sources } = found({ ...folder, ...chart, 'flux/x.json': text, ...more })
  return sources.find(({ because }) => because.includes('in flux/x.json'))
}

describe('a Kustomization', () => {
  it('carries what Flux edits, fills in and adds', () => {
    const source = delivered(
      kustomization({
        targetNamespace: 'shop',
        namePrefix: 'a-',
        nameSuffix: '-z',
        images: [{ name: 'web', newTag: '2' }],
        patches: [{ patch: 'p', target: { kind: 'Deployment', labelSelector: 'a=b' } }],
        components: ['../parts/tls', '../parts/none'],
        ignoreMissingComponents: true,
        buildMetadata: ['originAnnotations'],
        commonMetadata: { labels: { team: 'x' } },
        postBuild: { substitute: { A: '1' } },
        dependsOn: [{ name: 'base' }, { name: 'crds', namespace: 'infra' }],
        suspend: true,
      }),
      { 'parts/tls/kustomization.yaml': 'kind: Component' },
    )
    expect(source).toMatchObject({
      renderer: 'kustomize',
      path: 'app',
      namespace: 'shop',
      edits: {
        by: 'flux',
        namespace: 'shop',
        namePrefix: 'a-',
        nameSuffix: '-z',
        images: [{ name: 'web', newTag: '2' }],
        patches: [{ patch: 'p', target: { kind: 'Deployment', labelSelector: 'a=b' } }],
        components: ['parts/tls'],
        buildMetadata: ['originAnnotations'],
      },
      commonMetadata: { labels: { team: 'x' }, annotations: {} },
      substitution: { variables: { A: { kind: 'value', value: '1' } }, unknownObjects: [], isAlways: false },
      dependsOn: ['base', 'infra/crds'],
    })
    expect(source?.because).toContain('suspended')
  })

  it('keeps a component that is not there, so that its absence is said', () => {
    expect(delivered(kustomization({ components: ['../none'] }))?.edits?.components).toEqual(['none'])
  })

  it.each`
    path          | folder
    ${undefined}  | ${'.'}
    ${''}         | ${'.'}
    ${'./'}       | ${'.'}
    ${'./app'}    | ${'app'}
    ${'app/'}     | ${'app'}
    ${'/app'}     | ${'app'}
    ${'app/../x'} | ${'x'}
  `('$path is $folder', ({ path, folder: expected }: { path: string | undefined; folder: string }) => {
    expect(delivered(kustomization({ path }), { 'x/a.yaml': deployment('x') })?.path).toBe(expected)
  })

  it('takes in what lies below a folder without a kustomization, and folders with one as they are', () => {
    const { sources } = found({
      'clusters/a/flux-system/kustomization.yaml': 'resources: [sync.yaml]',
      'clusters/a/flux-system/sync.yaml': flux('Kustomization', 'flux-system', {
        path: './clusters/a',
        ...here,
      }),
      'clusters/a/deep/b.yaml': deployment('b'),
    })
    expect(sources.map(({ application, renderer, path }) => [application, renderer, path])).toEqual([
      ['flux-system', 'kustomize', 'clusters/a'],
    ])
  })

  it('takes a component that is delivered by itself', () => {
    const texts = { 'app/kustomization.yaml': 'kind: Component\nresources: [a.yaml]' }
    expect(delivered(kustomization({}), texts)?.path).toBe('app')
  })

  it.each([
    ['a path that is not there', kustomization({ path: './gone' }), 'SOURCE_IS_MISSING'],
    ['a path with variables', kustomization({ path: './${APP}' }), 'APPLICATION_UNDETERMINED'],
  ])('names %s', (_, text, code) => {
    expect(found({ 'flux/x.json': text }).notices).toMatchObject([{ code, path: 'flux/x.json', line: 1 }])
  })

  it('is not looked for in what a kustomization uses as a patch', () => {
    const { sources, problems, notices } = found({
      ...folder,
      'app/kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: p.yaml}]',
      'app/p.yaml': flux('Kustomization', 'p', { path: './gone' }),
    })
    expect([sources.length, problems, notices]).toEqual([1, [], []])
  })
})

/**
 * | source                       | described here       | where it is        |
 * |------------------------------|----------------------|--------------------|
 * | GitRepository flux-system    | or not               | here               |
 * | any GitRepository            | no                   | here               |
 * | any GitRepository            | same url and ref     | here               |
 * | any GitRepository            | another url or ref   | elsewhere          |
 * | OCIRepository, Bucket        | or not               | elsewhere          |
 * | ExternalArtifact             | a plain copy of here | where it is copied |
 */
describe('where a source is', () => {
  const git = (name: string, url: string, branch = 'main') =>
    flux('GitRepository', name, { url, ref: { branch } })
  const own = git('flux-system', 'ssh://git@host.example/team/fleet')
  it.each`
    kind                  | name             | described                                                          | reason
    ${'GitRepository'}    | ${'flux-system'} | ${own}                                                             | ${undefined}
    ${'OCIRepository'}    | ${'flux-system'} | ${own}                                                             | ${undefined}
    ${'GitRepository'}    | ${'fleet'}       | ${own}                                                             | ${undefined}
    ${'GitRepository'}    | ${'fleet'}       | ${git('fleet', 'https://host.example/team/fleet.git')}             | ${undefined}
    ${'GitRepository'}    | ${'fleet'}       | ${git('fleet', 'https://host.example/team/fleet', 'next')}         | ${'(https://host.example/team/fleet, branch next)'}
    ${'GitRepository'}    | ${'other'}       | ${git('other', 'https://host.example/team/other')}                 | ${'of GitRepository other'}
    ${'OCIRepository'}    | ${'image'}       | ${flux('OCIRepository', 'image', { url: 'oci://host.example/a' })} | ${'of OCIRepository image (oci://host.example/a)'}
    ${'Bucket'}           | ${'store'}       | ${own}                                                             | ${'of Bucket store'}
    ${'ExternalArtifact'} | ${'made'}        | ${own}                                                             | ${'no plain copy of this repository'}
  `('$kind $name: $reason', ({ kind, name, described, reason }: Record<string, string | undefined>) => {
    const texts = {
      ...folder,
      'own.json': own,
      'sources.json': described ?? '',
      'flux/x.json': flux('Kustomization', 'app', { path: './app', sourceRef: { kind, name } }),
    }
    const { sources, notices } = found(texts)
    const isHere = sources.some(({ because }) => because.includes('in flux/x.json'))
    expect(isHere).toBe(reason === undefined)
    expect(notices.map(({ code, path }) => [code, path])).toEqual(
      reason === undefined ? [] : [['SOURCE_IS_ELSEWHERE', 'flux/x.json']],
    )
    expect(notices[0]?.message ?? '').toContain(reason ?? '')
  })

  it.each`
    copies                                                                                                             | folder
    ${[{ from: '@repo/apps/**', to: '@artifact/' }]}                                                                   | ${'apps/prod'}
    ${[{ from: '@repo/apps/base/**', to: '@artifact/base/' }, { from: '@repo/apps/prod/**', to: '@artifact/prod/' }]}  | ${'apps/prod'}
    ${[{ from: '@repo/apps/base/**', to: '@artifact/base/' }, { from: '@repo/other/prod/**', to: '@artifact/prod/' }]} | ${undefined}
    ${[{ from: '@repo/apps/**', to: '@artifact/', exclude: ['*.md'] }]}                                                | ${undefined}
    ${[{ from: '@image/apps/**', to: '@artifact/' }]}                                                                  | ${undefined}
  `(
    'an artifact that is copied by $copies is $folder',
    ({ copies, folder: expected }: Record<string, unknown>) => {
      const source = delivered(
        flux('Kustomization', 'app', {
          path: './prod',
          sourceRef: { kind: 'ExternalArtifact', name: 'apps' },
        }),
        {
          'apps/prod/a.yaml': deployment('a'),
          'generator.json': flux('ArtifactGenerator', 'g', {
            sources: [
              { alias: 'repo', kind: 'GitRepository', name: 'flux-system' },
              { alias: 'image', kind: 'OCIRepository', name: 'image' },
            ],
            artifacts: [{ name: 'apps', copy: copies }],
          }),
        },
      )
      expect(source?.path).toBe(expected)
    },
  )
})

describe('variables', () => {
  const variables = (postBuild: object, more: Record<string, string>) =>
    delivered(kustomization({ postBuild }), more)?.substitution
  const from = (kind: string, name: string) => ({ substituteFrom: [{ kind, name, optional: true }] })
  const map = (name: string, data: object) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

  it('come from ConfigMaps, later ones over earlier ones and inline ones over all', () => {
    const postBuild = {
      substituteFrom: [
        { kind: 'ConfigMap', name: 'one' },
        { kind: 'ConfigMap', name: 'two' },
      ],
      substitute: { C: '3' },
    }
    const texts = { 'c/1.json': map('one', { A: '1', B: '1' }), 'c/2.json': map('two', { B: '2\n', C: '2' }) }
    expect(variables(postBuild, texts)?.variables).toEqual({
      A: { kind: 'value', value: '1' },
      B: { kind: 'value', value: '2' },
      C: { kind: 'value', value: '3' },
    })
  })

  it.each`
    case                                | texts                                                                                                                                 | variable
    ${'a Secret'}                       | ${{ 's.json': JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { A: 'aGlkZGVu' } }) }}               | ${{ kind: 'secret', shown: '«secret:s/A»', from: 'Secret s' }}
    ${'an encrypted Secret'}            | ${{ 's.json': JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { A: 'ENC[x]' }, sops: {} }) }} | ${{ kind: 'unknown', from: 'Secret s, which is encrypted' }}
    ${'a generated ConfigMap'}          | ${{ 'g/kustomization.yaml': 'configMapGenerator: [{name: s, literals: [A=1=2]}]' }}                                                   | ${{ kind: 'value', value: '1=2' }}
    ${'a generated ConfigMap of files'} | ${{ 'g/kustomization.yaml': 'configMapGenerator: [{name: s, files: [A=a.yaml]}]', 'g/a.yaml': 'text' }}                               | ${{ kind: 'value', value: 'text' }}
    ${'a value with variables'}         | ${{ 's.json': map('s', { A: '${B}' }) }}                                                                                              | ${{ kind: 'unknown', from: 'ConfigMap s, which has variables itself' }}
    ${'the nearest of two'}             | ${{ 'flux/s.json': map('s', { A: 'near' }), 's.json': map('s', { A: 'far' }) }}                                                       | ${{ kind: 'value', value: 'near' }}
  `(
    'of $case',
    ({ texts, variable }: { texts: Record<string, string>; variable: { kind: string; from?: string } }) => {
      const kind = JSON.stringify(texts).includes('Secret') ? 'Secret' : 'ConfigMap'
      expect(variables(from(kind, 's'), texts)?.variables.A).toEqual(variable)
    },
  )

  it.each([
    ['is nowhere', {}],
    ['could be one of two', { 'a/s.json': map('s', { A: '1' }), 'b/s.json': map('s', { A: '2' }) }],
    [
      'is made of files that are not read',
      { 'g/kustomization.yaml': 'configMapGenerator: [{name: s, envs: [e]}]' },
    ],
  ])('are open where the object %s', (_, texts) => {
    expect(variables(from('ConfigMap', 's'), texts)?.unknownObjects).toEqual([
      'ConfigMap s, whose content is not in the repository',
    ])
  })

  it('leave no value of a Secret in a source', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { A: 'topsecret' },
    }
    expect(
      JSON.stringify(variables(from('Secret', 's'), { 's.json': JSON.stringify(secret) })),
    ).not.toContain('topsecret')
  })
})

describe('a HelmRelease', () => {
  const release = (spec: object, namespace?: string) => flux('HelmRelease', 'web', spec, namespace)
  const inRepository = (more: object = {}) => ({
    chart: { spec: { chart: './charts/web', ...here, ...more } },
  })

  it('carries its names, values, post-renderers and metadata', () => {
    const source = delivered(
      release({
        ...inRepository(),
        targetNamespace: 'shop',
        values: { a: 1 },
        install: { crds: 'Skip' },
        postRenderers: [{ kustomize: { images: [{ name: 'x', newTag: '2' }], patches: [{ patch: 'p' }] } }],
        commonMetadata: { annotations: { b: '2' } },
      }),
    )
    expect(source).toMatchObject({
      renderer: 'helm',
      path: 'charts/web',
      namespace: 'shop',
      releaseName: 'shop-web',
      values: { a: 1 },
      isWithoutCrds: true,
      postRenderers: [{ images: [{ name: 'x', newTag: '2' }], patches: [{ patch: 'p' }] }],
      commonMetadata: { labels: {}, annotations: { b: '2' } },
    })
  })

  it('shortens a long name as Flux does', () => {
    const source = delivered(release({ ...inRepository(), releaseName: 'a'.repeat(60) }))
    expect(source?.releaseName).toMatch(/^a{40}-[0-9a-f]{12}$/)
  })

  it.each`
    files                                        | chartValues
    ${['charts/web/values-prod.yaml']}           | ${'replaced'}
    ${['charts/web/values.yaml', 'global.yaml']} | ${undefined}
    ${[]}                                        | ${undefined}
  `(
    'with values files $files, the chart’s own are $chartValues',
    ({ files, chartValues }: Record<string, unknown>) => {
      const source = delivered(release(inRepository({ valuesFiles: files })))
      expect(source?.valueFiles).toEqual(files)
      expect(source?.chartValues).toBe(chartValues)
    },
  )

  it('is found through a HelmChart that it refers to', () => {
    const texts = { 'chart.json': flux('HelmChart', 'c', { chart: 'charts/web', ...here }) }
    expect(delivered(release({ chartRef: { kind: 'HelmChart', name: 'c' } }), texts)?.path).toBe('charts/web')
  })

  it.each`
    case                 | spec                                                                                                         | message
    ${'HelmRepository'}  | ${{ chart: { spec: { chart: 'redis', version: '1.x', sourceRef: { kind: 'HelmRepository', name: 'r' } } } }} | ${'delivers the chart redis 1.x from https://charts.example, which is not in this repository'}
    ${'unknown address'} | ${{ chart: { spec: { chart: 'redis', sourceRef: { kind: 'HelmRepository', name: 'gone' } } } }}              | ${'the chart redis from HelmRepository gone'}
    ${'OCIRepository'}   | ${{ chartRef: { kind: 'OCIRepository', name: 'o' } }}                                                        | ${'the chart app 1.2.3 from oci://host.example/charts,'}
  `('is listed where its chart is remote: $case', ({ spec, message }: { spec: object; message: string }) => {
    const { sources, notices } = found({
      'flux/x.json': release(spec),
      'repositories.json': flux('HelmRepository', 'r', { url: 'https://charts.example' }),
      'oci.json': flux('OCIRepository', 'o', { url: 'oci://host.example/charts/app', ref: { tag: '1.2.3' } }),
    })
    expect(notices).toMatchObject([{ code: 'CHART_IS_REMOTE', path: 'flux/x.json', line: 1 }])
    expect(notices[0]?.message).toContain(message)
    expect(sources.map(({ renderer }) => renderer)).not.toContain('helm')
  })
})

describe('values of a HelmRelease', () => {
  const values = (spec: object, data: Record<string, string> = {}) => {
    const config = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'v' }, data })
    const chartSpec = { chart: { spec: { chart: './charts/web', ...here } } }
    return delivered(flux('HelmRelease', 'web', { ...chartSpec, ...spec }), { 'v.json': config })?.values
  }
  const ref = (more: object = {}) => ({ valuesFrom: [{ kind: 'ConfigMap', name: 'v', ...more }] })

  it.each`
    case                            | spec                                                       | data                                    | result
    ${'a whole file'}               | ${ref()}                                                   | ${{ 'values.yaml': 'a: {b: 1}' }}       | ${{ a: { b: 1 } }}
    ${'another key'}                | ${ref({ valuesKey: 'x' })}                                 | ${{ x: 'a: 1' }}                        | ${{ a: 1 }}
    ${'own values over it'}         | ${{ ...ref(), values: { a: { c: 2 } } }}                   | ${{ 'values.yaml': 'a: {b: 1, c: 1}' }} | ${{ a: { b: 1, c: 2 } }}
    ${'lists are replaced'}         | ${{ ...ref(), values: { a: [2] } }}                        | ${{ 'values.yaml': 'a: [1, 3]' }}       | ${{ a: [2] }}
    ${'a path'}                     | ${ref({ valuesKey: 'x', targetPath: 'a.b' })}              | ${{ x: '3' }}                           | ${{ a: { b: 3 } }}
    ${'a quoted text at a path'}    | ${ref({ valuesKey: 'x', targetPath: 'a.b' })}              | ${{ x: '"3"' }}                         | ${{ a: { b: '3' } }}
    ${'a literal text at a path'}   | ${ref({ valuesKey: 'x', targetPath: 'a', literal: true })} | ${{ x: '{1,2}' }}                       | ${{ a: '{1,2}' }}
    ${'a list at a path: not told'} | ${ref({ valuesKey: 'x', targetPath: 'a' })}                | ${{ x: '{1,2}' }}                       | ${undefined}
    ${'a key that is not there'}    | ${ref({ valuesKey: 'none' })}                              | ${{ x: 'a: 1' }}                        | ${undefined}
  `('$case', ({ spec, data, result }: { spec: object; data: Record<string, string>; result: unknown }) => {
    expect(values(spec, data)).toEqual(result)
  })

  it('says which are left out, those of Secrets always', () => {
    const valuesFrom = [
      { kind: 'Secret', name: 's' },
      { kind: 'ConfigMap', name: 'gone', optional: true },
    ]
    const spec = { chart: { spec: { chart: './charts/web', ...here } }, valuesFrom }
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { 'values.yaml': 'a: 1' },
    }
    const { sources, notices } = found({
      ...chart,
      'flux/x.json': flux('HelmRelease', 'web', spec),
      's.json': JSON.stringify(secret),
    })
    expect(sources.find(({ renderer }) => renderer === 'helm')?.values).toBeUndefined()
    expect(notices.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'VALUES_UNKNOWN HelmRelease web is rendered without some of its values: those of Secret s are left out',
      'VALUES_UNKNOWN HelmRelease web is rendered without some of its values: the repository does not tell values.yaml of ConfigMap gone',
    ])
  })
})

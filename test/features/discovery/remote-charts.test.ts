import { describe, expect, it } from 'vitest'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { discover } from '../../../src/features/discovery/discover.ts'
import { affectedSources } from '../../../src/features/rendering/affected-sources.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const pinned = {
  repository: 'https://charts.example',
  name: 'redis',
  version: '19.0.1',
  digest: `sha256:${'a'.repeat(64)}`,
}
const ofRegistry = { ...pinned, repository: 'oci://registry.example/charts' }
const configuration = { ...unconfigured, charts: [pinned, ofRegistry] }
const here = 'https://git.example/shop/deploy.git'
const elsewhere = 'https://git.example/vendor/values.git'

const find = (texts: Record<string, string>) => discover(repositoryOf(texts), configuration)

function argo(spec: object): string {
  const metadata = { name: 'cache' }
  const whole = { project: 'p', destination: { namespace: 'shop' }, ...spec }
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec: whole })
}

const ofChart = (more: object = {}) => ({
  repoURL: 'https://charts.example',
  chart: 'redis',
  targetRevision: '19.0.1',
  ...more,
})

const inArgo = (source: object, texts: Record<string, string> = {}) =>
  find({ ...texts, 'argo/cache.json': argo({ source }) })

/** What Argo CD asks for → what is rendered. */
describe('an Application of an allowed chart', () => {
  it('is a source of its own, with all that it says', () => {
    const helm = { releaseName: 'r', valuesObject: { a: 1 }, parameters: [{ name: 'b', value: '2' }] }
    const { sources, notices } = inArgo(ofChart({ helm }))
    expect(notices).toEqual([])
    expect(sources.find(({ renderer }) => renderer === 'helm')).toMatchObject({
      application: 'cache',
      path: 'argo/cache.json',
      remoteChart: pinned,
      releaseName: 'r',
      namespace: 'shop',
      values: { a: 1 },
      valueFiles: [],
      helm: { parameters: [{ name: 'b', value: '2', isText: false }] },
    })
  })

  it.each`
    asks                                | source                                             | chart
    ${'by a registry without a scheme'} | ${ofChart({ repoURL: 'registry.example/charts' })} | ${ofRegistry}
    ${'with a slash at the end'}        | ${ofChart({ repoURL: 'https://charts.example/' })} | ${pinned}
    ${'with a v before the version'}    | ${ofChart({ targetRevision: 'v19.0.1' })}          | ${pinned}
    ${'for a version not allowed'}      | ${ofChart({ targetRevision: '19.0.2' })}           | ${{ repository: pinned.repository, name: 'redis', version: '19.0.2' }}
    ${'for a range'}                    | ${ofChart({ targetRevision: '19.*' })}             | ${{ repository: pinned.repository, name: 'redis', version: '19.*' }}
    ${'of another host'}                | ${ofChart({ repoURL: 'https://other.example' })}   | ${undefined}
    ${'for another chart'}              | ${ofChart({ chart: 'valkey' })}                    | ${undefined}
  `('that asks $asks', ({ source, chart }) => {
    const { sources, notices } = inArgo(source)
    expect(sources.map(({ remoteChart }) => remoteChart).find((each) => each)).toEqual(chart)
    expect(notices.map(({ code }) => code)).toEqual(chart ? [] : ['CHART_IS_REMOTE'])
  })

  it.each`
    values                     | valueFiles                | found
    ${'of the chart'}          | ${['values-prod.yaml']}   | ${['.drawbridge-chart/values-prod.yaml']}
    ${'from its root'}         | ${['/values-prod.yaml']}  | ${['.drawbridge-chart/values-prod.yaml']}
    ${'of this repository'}    | ${['$own/env/prod.yaml']} | ${['env/prod.yaml']}
    ${'of another repository'} | ${['$theirs/prod.yaml']}  | ${['APPLICATION_UNDETERMINED']}
    ${'outside of the chart'}  | ${['../env/prod.yaml']}   | ${['APPLICATION_UNDETERMINED']}
    ${'like a pattern in it'}  | ${['env/*.yaml']}         | ${['APPLICATION_UNDETERMINED']}
  `('with values $values', ({ valueFiles, found }) => {
    const sources = [
      ofChart({ helm: { valueFiles } }),
      { repoURL: here, ref: 'own', path: 'env' },
      { repoURL: elsewhere, ref: 'theirs' },
    ]
    const texts = { 'env/prod.yaml': 'a: 1', 'argo/cache.json': argo({ sources }) }
    const { sources: rendered, notices } = find(texts)
    const codes = notices.map(({ code }) => code).filter((code) => code === 'APPLICATION_UNDETERMINED')
    expect(rendered.find(({ remoteChart }) => remoteChart)?.valueFiles ?? codes).toEqual(found)
  })
})

const release = (spec: object) =>
  JSON.stringify({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'cache', namespace: 'shop' },
    spec,
  })
const flux = (kind: string, spec: object) =>
  JSON.stringify({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind, metadata: { name: 'r' }, spec })

const ofRepository = (more: object = {}) => ({
  chart: {
    spec: { chart: 'redis', version: '19.0.1', sourceRef: { kind: 'HelmRepository', name: 'r' }, ...more },
  },
})

describe('a HelmRelease of an allowed chart', () => {
  const ofHttp = flux('HelmRepository', { url: 'https://charts.example' })
  const ofOci = flux('HelmRepository', { type: 'oci', url: 'oci://registry.example/charts' })
  const artifact = flux('OCIRepository', {
    url: 'oci://registry.example/charts/redis',
    ref: { tag: '19.0.1' },
  })
  const ranged = flux('OCIRepository', {
    url: 'oci://registry.example/charts/redis',
    ref: { semver: '19.x' },
  })
  const chartRef = { chartRef: { kind: 'OCIRepository', name: 'r' } }

  it.each`
    from                        | repository  | spec                                    | chart
    ${'a repository'}           | ${ofHttp}   | ${ofRepository()}                       | ${pinned}
    ${'a registry'}             | ${ofOci}    | ${ofRepository()}                       | ${ofRegistry}
    ${'an artifact'}            | ${artifact} | ${chartRef}                             | ${ofRegistry}
    ${'an artifact of a range'} | ${ranged}   | ${chartRef}                             | ${{ repository: ofRegistry.repository, name: 'redis', version: '19.x' }}
    ${'no version'}             | ${ofHttp}   | ${ofRepository({ version: undefined })} | ${{ repository: pinned.repository, name: 'redis', version: '' }}
  `('from $from', ({ repository, spec, chart }) => {
    const { sources, notices } = find({ 'flux/r.json': repository, 'flux/x.json': release(spec) })
    const source = sources.find(({ renderer }) => renderer === 'helm')
    expect(source).toMatchObject({ application: 'cache', path: 'flux/x.json', remoteChart: chart })
    expect(notices).toEqual([])
  })

  it('takes values files from the chart, in place of its own values', () => {
    const spec = ofRepository({ valuesFiles: ['values-prod.yaml'] })
    const { sources } = find({ 'flux/r.json': ofHttp, 'flux/x.json': release(spec) })
    expect(sources.find(({ renderer }) => renderer === 'helm')).toMatchObject({
      valueFiles: ['.drawbridge-chart/values-prod.yaml'],
      chartValues: 'replaced',
    })
  })
})

describe('another version', () => {
  const at = (targetRevision: string) =>
    repositoryOf({ 'argo/cache.json': argo({ source: ofChart({ targetRevision }) }) })
  const sideOf = (files: ReturnType<typeof repositoryOf>) => ({
    files,
    sources: discover(files, configuration).sources,
  })

  it('that is not allowed is refused where it is written, with the lines to add, and is no removal', () => {
    const files = at('19.0.2')
    const source = discover(files, configuration).sources.find(
      ({ remoteChart }) => remoteChart,
    ) as RenderSource
    const [problem, ...more] = inputClosure(source, files).problems
    expect(more).toEqual([])
    expect(problem).toMatchObject({ code: 'CHART_NOT_ALLOWED', path: 'argo/cache.json', line: 1 })
    expect(problem?.fix).toContain(
      'charts: [{ repository: "https://charts.example", name: redis, version: "19.0.2", digest: "sha256:…" }]',
    )
  })

  it('says so of its application', () => {
    const affected = affectedSources(sideOf(at('19.0.1')), sideOf(at('19.0.2')))
    expect(affected.find(({ application }) => application === 'cache')).toMatchObject({
      because: 'its chart redis goes from 19.0.1 to 19.0.2',
    })
  })
})

import { describe, expect, it } from 'vitest'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { discover } from '../../../src/features/discovery/discover.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { inflatedCharts } from '../../../src/features/rendering/helm-charts.ts'
import { indexRepository } from '../../../src/features/rendering/repository-index.ts'
import { aSource } from '../../adapters/renderers/open-renderer.ts'
import { repositoryOf, unconfigured } from './repository-of.ts'

const pin = {
  repository: 'https://charts.example',
  name: 'redis',
  version: '19.0.1',
  digest: `sha256:${'a'.repeat(64)}`,
}
const chart = (more: object = {}) => ({
  name: 'redis',
  repo: 'https://charts.example',
  version: '19.0.1',
  releaseName: 'cache',
  ...more,
})
const local = {
  'app/charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0',
  'app/charts/web/templates/a.yaml': 'a: 1',
  'app/values.yaml': 'a: 1',
  'app/more.yaml': 'a: 1',
}

function inflating(charts: object[], more: object = {}, source: Partial<RenderSource> = {}) {
  const kustomization = { ...more, helmCharts: charts }
  const files = repositoryOf({ ...local, 'app/kustomization.yaml': JSON.stringify(kustomization, null, 1) })
  const whole = aSource({ charts: [pin], ...source })
  const index = indexRepository(files)
  const read = index.kustomization('app')
  return { closure: inputClosure(whole, files), ...(read && inflatedCharts(read, whole, index)), files }
}

describe('a chart that kustomize inflates', () => {
  it('is rendered by helm with all that it says', () => {
    const settings = chart({
      namespace: 'shop',
      valuesFile: 'values.yaml',
      additionalValuesFiles: ['more.yaml'],
      valuesInline: { b: 2 },
      includeCRDs: true,
      skipHooks: true,
      skipTests: true,
      apiVersions: ['a/v1'],
      kubeVersion: 'v1.34.0',
    })
    const { charts, closure } = inflating([settings])
    expect(charts).toMatchObject([
      {
        source: {
          renderer: 'helm',
          remoteChart: pin,
          releaseName: 'cache',
          namespace: 'shop',
          valueFiles: ['app/values.yaml', 'app/more.yaml'],
          kubernetes: { version: '1.34.0', apiVersions: ['a/v1'] },
          helm: { isWithoutHooks: true },
        },
        inline: { values: { b: 2 }, position: 1 },
      },
    ])
    expect(charts?.[0]?.source).not.toHaveProperty('isWithoutCrds')
    expect(closure).toEqual({
      paths: ['app/kustomization.yaml', 'app/more.yaml', 'app/values.yaml'],
      problems: [],
    })
  })

  it('leaves out definitions, and keeps tests, where nothing is said, as kustomize does', () => {
    const { charts } = inflating([chart()])
    expect(charts?.[0]?.source).toMatchObject({
      isWithoutCrds: true,
      helm: { isWithTests: true },
      namespace: 'default',
    })
  })

  it('may be a folder of this repository, which is no application of its own then', () => {
    const { charts, closure, files } = inflating([{ name: 'web', releaseName: 'web' }])
    expect(charts?.[0]?.source).toMatchObject({ path: 'app/charts/web' })
    expect(closure.problems).toEqual([])
    expect(closure.paths).toContain('app/charts/web/templates/a.yaml')
    expect(discover(files, unconfigured).sources.map(({ renderer, path }) => `${renderer} ${path}`)).toEqual([
      'kustomize app',
    ])
  })

  it('forgets the values file where inline values replace it', () => {
    const settings = chart({ valuesFile: 'values.yaml', valuesInline: { b: 2 }, valuesMerge: 'replace' })
    expect(inflating([settings]).charts).toMatchObject([
      { source: { valueFiles: [] }, inline: { position: 0 } },
    ])
  })

  it.each`
    case                       | entry                                          | more                     | code                        | says
    ${'no release name'}       | ${chart({ releaseName: undefined })}           | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'releaseName'}
    ${'a field not known'}     | ${chart({ devel: true })}                      | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'field devel'}
    ${'merged the other way'}  | ${chart({ valuesMerge: 'merge' })}             | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'merge'}
    ${'a value of nothing'}    | ${chart({ valuesInline: { a: { b: null } } })} | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'null'}
    ${'a doubtful namespace'}  | ${chart()}                                     | ${{ namespace: 'shop' }} | ${'KUSTOMIZE_HELM_REFUSED'} | ${'namespace'}
    ${'no version'}            | ${chart({ version: undefined })}               | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'no version'}
    ${'a chart not allowed'}   | ${chart({ name: 'valkey' })}                   | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'not allowed'}
    ${'a chart not there'}     | ${chart({ repo: undefined })}                  | ${{}}                    | ${'KUSTOMIZE_HELM_REFUSED'} | ${'not in charts'}
    ${'a version not allowed'} | ${chart({ version: '19.0.2' })}                | ${{}}                    | ${'CHART_NOT_ALLOWED'}      | ${'19.0.2'}
    ${'values not there'}      | ${chart({ valuesFile: 'gone.yaml' })}          | ${{}}                    | ${'FILE_MISSING'}           | ${'gone.yaml'}
  `('is refused with $case', ({ entry, more, code, says }) => {
    const { problems } = inflating([entry], more).closure
    const problem = problems.find((each) => each.code === code)
    expect(problem).toMatchObject({ path: 'app/kustomization.yaml', message: expect.stringContaining(says) })
    expect(problem?.line).toBeGreaterThan(0)
    expect(problem?.fix).not.toBe('')
  })

  it('is refused where Flux builds', () => {
    const { problems } = inflating([chart()], {}, { edits: { by: 'flux' } }).closure
    expect(problems).toContainEqual(expect.objectContaining({ code: 'KUSTOMIZE_HELM_REFUSED' }))
  })

  it('is allowed to a kustomization that builds upon the one which inflates it, and to no other', () => {
    const files = repositoryOf({
      'base/kustomization.yaml': JSON.stringify({ helmCharts: [chart()] }),
      'overlays/a/kustomization.yaml': 'resources: [../../base]',
      'overlays/b/kustomization.yaml': 'resources: [a.yaml]',
      'overlays/b/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}',
    })
    const { sources } = discover(files, { ...unconfigured, charts: [pin] })
    expect(sources.map(({ path, charts }) => [path, charts?.length])).toEqual([
      ['overlays/a', 1],
      ['overlays/b', undefined],
    ])
  })
})

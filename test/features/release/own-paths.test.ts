import { describe, expect, it } from 'vitest'
import { ownPaths } from '../../../src/features/release/own-paths.ts'
import { aConfiguration, anEnvironment } from '../../builders.ts'
import { deployment, repositoryOf } from '../rendering/repository-of.ts'

const configuration = aConfiguration({
  applications: [
    'apps/{application}/overlays/{environment}',
    'charts/{application}',
    'plain/{application}/{environment}',
  ].map((path) => ({ path, valueFiles: [] })),
  environments: ['dev', 'prod'].map((name) => anEnvironment({ name, waves: [[name]] })),
})

const overlay = 'resources: [../../base]\n'

const files = repositoryOf({
  'README.md': '# Shop\n',
  'apps/checkout/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'apps/checkout/base/deployment.yaml': deployment('checkout'),
  'apps/checkout/overlays/dev/kustomization.yaml': overlay,
  'apps/checkout/overlays/prod/kustomization.yaml': `${overlay}patches: [{path: replicas.yaml}]\n`,
  'apps/checkout/overlays/prod/replicas.yaml': deployment('checkout'),
  'charts/search/Chart.yaml': 'apiVersion: v2\nname: search\nversion: 1.0.0\n',
  'charts/search/templates/deployment.yaml': deployment('search'),
  'charts/search/values.yaml': 'replicas: 1\n',
  'charts/search/values-dev.yaml': 'image: {tag: 1.9.0}\n',
  'charts/search/values-prod.yaml': 'image: {tag: 1.8.0}\n',
  'plain/gateway/dev/gateway.yaml': deployment('gateway'),
  'plain/gateway/prod/gateway.yaml': deployment('gateway'),
})

/**
 * | file                                      | belongs to                     |
 * | ----------------------------------------- | ------------------------------ |
 * | an overlay's                              | its environment                |
 * | a base that two overlays read             | nobody                         |
 * | a chart's templates and values.yaml       | nobody                         |
 * | a chart's values of one environment       | that environment               |
 * | plain objects of one environment's folder | that environment               |
 */
describe('ownPaths', () => {
  it.each([
    [
      'checkout',
      'prod',
      ['apps/checkout/overlays/prod/kustomization.yaml', 'apps/checkout/overlays/prod/replicas.yaml'],
    ],
    ['checkout', 'dev', ['apps/checkout/overlays/dev/kustomization.yaml']],
    ['search', 'prod', ['charts/search/values-prod.yaml']],
    ['search', 'dev', ['charts/search/values-dev.yaml']],
    ['gateway', 'prod', ['plain/gateway/prod/gateway.yaml']],
    ['checkout', 'staging', []],
    ['unknown', 'prod', []],
  ])('%s in %s', (application, environment, paths) => {
    expect(ownPaths(files, configuration, application, environment).paths).toEqual(paths)
  })

  it('names what it shares with other environments', () => {
    const { joint } = ownPaths(files, configuration, 'checkout', 'prod')
    expect(joint).toEqual(['apps/checkout/base/deployment.yaml', 'apps/checkout/base/kustomization.yaml'])
  })

  it('names the sources, for what edits them', () => {
    const { sources } = ownPaths(files, configuration, 'search', 'prod')
    expect(sources).toMatchObject([{ renderer: 'helm', path: 'charts/search', environment: 'prod' }])
  })
})

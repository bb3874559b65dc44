import { expect, it } from 'vitest'
import { describeDiscovery } from '../../src/cli/describe-discovery.ts'
import type { RenderSource } from '../../src/domain/rendered-target.ts'

const source = (fields: Partial<RenderSource>): RenderSource => ({
  application: 'web',
  environment: 'dev',
  clusters: ['dev-1'],
  renderer: 'plain',
  path: 'web/dev',
  valueFiles: [],
  files: [],
  because: 'a folder with Kubernetes objects (1 file)',
  ...fields,
})

it('shows the inventory by environment, in columns, with reasons and counts', () => {
  const remote = { code: 'CHART_IS_REMOTE', path: 'argo/a.yaml', fix: 'commit the chart' }
  const text = describeDiscovery({
    sources: [
      source({}),
      source({
        application: 'payments',
        environment: 'prod',
        clusters: ['prod-eu', 'prod-us'],
        renderer: 'helm',
        path: 'charts/payments',
        valueFiles: ['charts/payments/values-prod.yaml', 'global.yaml'],
        because: 'Argo CD Application payments in argo/payments.yaml',
      }),
      source({ environment: 'prod', renderer: 'kustomize', path: 'web/prod' }),
    ],
    problems: [],
    notices: [
      { ...remote, line: 1, message: 'Application a delivers the chart redis' },
      { ...remote, line: 0, message: 'Application b delivers the chart redis' },
    ],
  })
  expect(text).toMatchInlineSnapshot(`
    "dev
      web       dev-1             plain      web/dev
                a folder with Kubernetes objects (1 file)

    prod
      payments  prod-eu, prod-us  helm       charts/payments
                Argo CD Application payments in argo/payments.yaml; values values-prod.yaml, global.yaml
      web       dev-1             kustomize  web/prod
                a folder with Kubernetes objects (1 file)

    delivered, but not shown
      argo/a.yaml:1: Application a delivers the chart redis
      argo/a.yaml: Application b delivers the chart redis
        → commit the chart

    3 sources (1 helm, 1 kustomize, 1 plain) · 2 applications · 2 environments · 2 not shown · 0 problems
    "
  `)
})

it('says that there is nothing', () => {
  expect(describeDiscovery({ sources: [], problems: [], notices: [] })).toMatchInlineSnapshot(`
    "0 sources · 0 applications · 0 environments · 0 not shown · 0 problems
    "
  `)
})

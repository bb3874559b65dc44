import { describe, expect, it } from 'vitest'
import type { ApplicationRule, Configuration, Environment } from '../../../src/domain/configuration.ts'
import { discover } from '../../../src/features/discovery/discover.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

/** `environment/clusters/application renderer path [values]`, one line per source. */
function found(texts: Record<string, string>, configuration: Configuration = unconfigured): string[] {
  return discover(repositoryOf(texts), configuration).sources.map((source) =>
    [
      `${source.environment}/${source.clusters.join('+')}/${source.application}`,
      source.renderer,
      source.path,
      ...source.valueFiles,
      ...source.files,
    ].join(' '),
  )
}

const environment = (name: string, waves: string[][]): Environment => ({
  name,
  waves,
  isProtected: true,
  approvals: { fourEyes: true },
  windows: [],
})

const configured = (...rules: (Partial<ApplicationRule> & { path: string })[]): Configuration => ({
  ...unconfigured,
  isConfigured: true,
  applications: rules.map((rule) => ({ valueFiles: [], ...rule })),
  environments: [environment('dev', [['dev']]), environment('prod', [['prod-eu'], ['prod-us']])],
})

describe('with nothing configured', () => {
  it('takes kustomizations that no other refers to, without bases and components', () => {
    expect(
      found({
        'apps/cart/base/kustomization.yaml': 'resources: [d.yaml]',
        'apps/cart/base/d.yaml': deployment('cart'),
        'apps/cart/overlays/dev/kustomization.yaml':
          'resources: [../../base]\ncomponents: [../../../parts/tls]',
        'apps/cart/overlays/production/kustomization.yaml': 'bases: [../../base]',
        'apps/parts/tls/kustomization.yaml': 'kind: Component',
        'lonely/part/kustomization.yaml': 'kind: Component',
      }),
    ).toEqual([
      'dev/default/cart kustomize apps/cart/overlays/dev',
      'production/default/cart kustomize apps/cart/overlays/production',
    ])
  })

  it('takes charts with their values files by environment, without vendored and library charts', () => {
    expect(
      found({
        'charts/web/Chart.yaml': 'name: web',
        'charts/web/values.yaml': 'a: 1',
        'charts/web/values-staging.yaml': 'a: 2',
        'charts/web/values.prod.yaml': 'a: 3',
        'charts/web/values-nomaria.yaml': 'a: 4',
        'charts/web/env/dev.yaml': 'a: 5',
        'charts/web/templates/d.yaml': deployment('static'),
        'charts/web/charts/redis/Chart.yaml': 'name: redis',
        'charts/lib/Chart.yaml': 'name: lib\ntype: library',
        'charts/one/Chart.yaml': 'name: one',
      }),
    ).toEqual([
      'default/default/one helm charts/one',
      'dev/default/web helm charts/web charts/web/env/dev.yaml',
      'prod/default/web helm charts/web charts/web/values.prod.yaml',
      'staging/default/web helm charts/web charts/web/values-staging.yaml',
    ])
  })

  it('takes folders of plain objects, each as one source, and nothing that is no object', () => {
    expect(
      found({
        'k8s/mail/prod/a.yaml': deployment('a'),
        'k8s/mail/prod/b.json': '{"apiVersion":"v1","kind":"Service","metadata":{"name":"b"}}',
        'k8s/mail/prod/notes.yaml': 'just: yaml',
        'k8s/mail/prod/template.yaml': 'apiVersion: v1\nkind: A\nmetadata: {{ .x }}',
        '.github/workflows/ci.yaml': deployment('never'),
        'skaffold.yaml': 'apiVersion: skaffold/v4beta1\nkind: Config\nmetadata: {name: x}',
        'app/kustomization.yaml': 'resources: [used.yaml]',
        'app/used.yaml': deployment('u'),
        'app/unused.yaml': deployment('v'),
      }),
    ).toEqual([
      'default/default/app kustomize app',
      'prod/default/mail plain k8s/mail/prod k8s/mail/prod/a.yaml k8s/mail/prod/b.json',
    ])
  })

  it('keeps a file of objects whose YAML is broken, and no other file that cannot be read', () => {
    expect(
      found({
        'mail/a.yaml': deployment('a'),
        'mail/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n namespace: x',
        'web/only.yaml': 'apiVersion: v1\nkind: [\n',
        'role/templates/c.yaml': 'apiVersion: v1\nkind: A\n{% if x %}\n  : [',
        'notes/d.yaml': 'a: [',
      }),
    ).toEqual([
      'default/default/mail plain mail mail/a.yaml mail/b.yaml',
      'default/default/web plain web web/only.yaml',
    ])
  })

  it('calls one application the same in every environment, where only the environment is in the path', () => {
    expect(
      found({
        'envs/prod-eu/kustomization.yaml': '',
        'envs/prod-us/kustomization.yaml': '',
        'dev/kustomization.yaml': '',
      }),
    ).toEqual([
      'dev/default/root kustomize dev',
      'prod-eu/default/envs kustomize envs/prod-eu',
      'prod-us/default/envs kustomize envs/prod-us',
    ])
  })

  it('reads environments and clusters from folders that hold them', () => {
    expect(
      found({
        'clusters/prod-eu/infra/a.yaml': deployment('a'),
        'environments/blue/cart/a.yaml': deployment('a'),
        'overlays/qa/kustomization.yaml': '',
      }),
    ).toEqual([
      'blue/default/cart plain environments/blue/cart environments/blue/cart/a.yaml',
      'default/prod-eu/infra plain clusters/prod-eu/infra clusters/prod-eu/infra/a.yaml',
      'qa/default/overlays kustomize overlays/qa',
    ])
  })

  it('leaves out bases that nobody builds upon, where overlays or users of other bases show what they are', () => {
    expect(
      found({
        'scope/base/namespaces/used/kustomization.yaml': 'resources: [n.yaml]',
        'scope/base/namespaces/used/n.yaml': deployment('n'),
        'scope/base/namespaces/forgotten/kustomization.yaml': '',
        'scope/base/rest/r.yaml': deployment('r'),
        'scope/overlays/prod/kustomization.yaml': 'resources: [../../base/namespaces/used]',
        'apps/base/mail/kustomization.yaml': '',
        'apps/base/web/kustomization.yaml': '',
        'apps/nas/web/kustomization.yaml': 'resources: [../../base/web]',
        'alone/base/kustomization.yaml': '',
      }),
    ).toEqual([
      'default/default/alone kustomize alone/base',
      'default/default/web kustomize apps/nas/web',
      'prod/default/scope kustomize scope/overlays/prod',
    ])
  })

  it('leaves out what generators read, and folders with a dot before their name', () => {
    expect(
      found({
        'mail/kustomization.yaml': 'generators: [ksops.yaml]',
        'mail/ksops.yaml': 'apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: [./secrets/a.yaml]',
        'mail/secrets/a.yaml': deployment('a'),
        '.common/chart/Chart.yaml': 'name: common',
        'policies/.chainsaw-test/a.yaml': deployment('a'),
      }),
    ).toEqual(['default/default/mail kustomize mail'])
  })

  it('reads a cluster from the folder under an overlay, and from one that is under many environments', () => {
    expect(
      found({
        'cart/overlays/prod/eu-1/kustomization.yaml': '',
        'backup/production/us-1/kustomization.yaml': '',
        'squid/production/us-1/resources/kustomization.yaml': '',
        'integration/production/us-1/kustomization.yaml': '',
        'tempo/staging/us-1/kustomization.yaml': '',
        'infrastructure/production/tempo/kustomization.yaml': '',
      }),
    ).toEqual([
      'prod/eu-1/cart kustomize cart/overlays/prod/eu-1',
      'production/us-1/backup kustomize backup/production/us-1',
      'production/us-1/integration kustomize integration/production/us-1',
      'production/us-1/squid kustomize squid/production/us-1/resources',
      'production/default/tempo kustomize infrastructure/production/tempo',
      'staging/us-1/tempo kustomize tempo/staging/us-1',
    ])
  })

  it('tells sources of one name apart by their paths', () => {
    const names = found({
      'eu/web/kustomization.yaml': '',
      'us/web/kustomization.yaml': '',
      'team/api/Chart.yaml': 'name: api',
      'team/api/kustomization.yaml': '',
    }).map((line) => line.split(' ')[0])
    expect(names).toEqual([
      'default/default/api-helm',
      'default/default/api-kustomize',
      'default/default/eu-web',
      'default/default/us-web',
    ])
  })
})

describe('what Argo CD and Flux deliver', () => {
  const argo = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec })

  it('takes an Application as it came out of a kustomization, not as it went in', () => {
    const web = argo('web', { source: { path: 'k8s/web' } })
    const texts = {
      'argo/base/web.json': web,
      'argo/base/kustomization.yaml': 'resources: [web.json]',
      'argo/dev/kustomization.yaml': 'resources: [../base]',
      'argo/dev.generated.json': web,
      'k8s/web/kustomization.yaml': '',
    }
    expect(found(texts).filter((line) => line.endsWith('kustomize k8s/web'))).toEqual([
      'default/default/web kustomize k8s/web',
    ])
  })

  it('tells two deliveries of one folder under one name apart by the folders that they are written in', () => {
    const texts = {
      'eu/apps/web.json': argo('web', { source: { path: 'k8s/web' } }),
      'us/other/web.json': argo('web', { source: { path: 'k8s/web' } }),
      'k8s/web/kustomization.yaml': '',
    }
    expect(found(texts).filter((line) => line.endsWith('kustomize k8s/web'))).toEqual([
      'default/default/apps-web kustomize k8s/web',
      'default/default/other-web kustomize k8s/web',
    ])
  })

  it('an Application gives name, cluster, namespace and values, and stays an object of its own folder', () => {
    const texts = {
      'argo/shop.json': argo('shop-eu', {
        destination: { name: 'eu-1', namespace: 'shop' },
        source: {
          path: 'charts/shop',
          helm: {
            valueFiles: ['values-prod.yaml', '../../global.yaml'],
            values: 'a: {b: 1}',
            parameters: [{ name: 'a.c', value: 'true' }],
          },
        },
      }),
      'charts/shop/Chart.yaml': 'name: shop',
      'charts/shop/values-prod.yaml': 'x: 1',
      'global.yaml': 'y: 1',
    }
    expect(found(texts)).toEqual([
      'default/default/argo plain argo argo/shop.json',
      'prod/eu-1/shop-eu helm charts/shop charts/shop/values-prod.yaml global.yaml',
    ])
    const source = discover(repositoryOf(texts), unconfigured).sources[1]
    expect(source).toMatchObject({
      namespace: 'shop',
      releaseName: 'shop-eu',
      values: { a: { b: 1 } },
      helm: { parameters: [{ name: 'a.c', value: 'true', isText: false }] },
    })
    expect(source?.because).toContain('argo/shop.json')
  })

  it('an ApplicationSet with list or git directory generators gives one source each', () => {
    const set = (generators: object[], spec: object, isGo = false) =>
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'ApplicationSet',
        metadata: { name: 'set' },
        spec: { goTemplate: isGo, generators, template: spec },
      })
    const texts = {
      'sets/list.json': set([{ list: { elements: [{ env: 'dev' }, { env: 'prod' }] } }], {
        metadata: { name: 'web-{{env}}' },
        spec: { source: { path: 'web/{{env}}' }, destination: { name: '{{env}}-1' } },
      }),
      'sets/git.json': set(
        [{ git: { directories: [{ path: 'addons/*' }, { path: 'addons/off', exclude: true }] } }],
        { metadata: { name: '{{.path.basename}}' }, spec: { source: { path: '{{.path.path}}' } } },
        true,
      ),
      'web/dev/a.yaml': deployment('a'),
      'web/prod/a.yaml': deployment('a'),
      'addons/dns/a.yaml': deployment('a'),
      'addons/off/a.yaml': deployment('a'),
    }
    expect(found(texts)).toEqual([
      'default/default/dns plain addons/dns addons/dns/a.yaml',
      'default/default/off plain addons/off addons/off/a.yaml',
      'default/default/sets plain sets sets/git.json sets/list.json',
      'dev/dev-1/web-dev plain web/dev web/dev/a.yaml',
      'prod/prod-1/web-prod plain web/prod web/prod/a.yaml',
    ])
  })

  it('says which ApplicationSet the repository does not determine', () => {
    const set = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      metadata: { name: 'fleet' },
      spec: { generators: [{ clusters: {} }], template: {} },
    }
    const { problems, notices } = discover(repositoryOf({ 'a.json': JSON.stringify(set) }), unconfigured)
    expect(problems).toEqual([])
    expect(notices).toMatchObject([{ code: 'APPLICATIONSET_UNDETERMINED', path: 'a.json', line: 1 }])
  })

  it("Flux's Kustomization and HelmRelease give names, and the cluster of the folder they are in", () => {
    const flux = (kind: string, group: string, name: string, spec: object) =>
      JSON.stringify({ apiVersion: `${group}.toolkit.fluxcd.io/v1`, kind, metadata: { name }, spec })
    expect(
      found({
        'clusters/production/apps.json': flux('Kustomization', 'kustomize', 'tenants', {
          path: './tenants/all',
        }),
        'clusters/production/release.json': flux('HelmRelease', 'helm', 'web', {
          chart: { spec: { chart: './charts/web', sourceRef: { kind: 'GitRepository', name: 'x' } } },
          values: { a: 1 },
        }),
        'tenants/all/x/a.yaml': deployment('a'),
        'tenants/all/y/b.yaml': deployment('b'),
        'charts/web/Chart.yaml': 'name: web',
      }),
    ).toEqual([
      'production/production/clusters plain clusters/production clusters/production/apps.json clusters/production/release.json',
      'production/production/tenants kustomize tenants/all',
      'production/production/web helm charts/web',
    ])
  })
})

describe('with configuration', () => {
  it('names sources by the first rule that matches and takes clusters from the waves', () => {
    const configuration = configured(
      { path: 'apps/{application}/overlays/{environment}' },
      { path: 'charts/{application}', namespace: 'shop' },
      { path: 'plain/{application}/{environment}' },
    )
    const texts = {
      'apps/cart/overlays/dev/kustomization.yaml': '',
      'apps/cart/overlays/prod/kustomization.yaml': '',
      'charts/web/Chart.yaml': 'name: other',
      'charts/web/values-prod.yaml': 'a: 1',
      'charts/web/values-dev.yaml': 'a: 1',
      'charts/api/Chart.yaml': 'name: api',
      'plain/mail/prod/a.yaml': deployment('a'),
    }
    expect(found(texts, configuration)).toEqual([
      'dev/dev/api helm charts/api',
      'dev/dev/cart kustomize apps/cart/overlays/dev',
      'dev/dev/web helm charts/web charts/web/values-dev.yaml',
      'prod/prod-eu+prod-us/api helm charts/api',
      'prod/prod-eu+prod-us/cart kustomize apps/cart/overlays/prod',
      'prod/prod-eu+prod-us/mail plain plain/mail/prod plain/mail/prod/a.yaml',
      'prod/prod-eu+prod-us/web helm charts/web charts/web/values-prod.yaml',
    ])
    const { sources } = discover(repositoryOf(texts), configuration)
    expect(sources.find((source) => source.application === 'web')?.namespace).toBe('shop')
  })

  it('takes a folder named like a cluster for that cluster', () => {
    const texts = { 'apps/cart/overlays/prod-us/kustomization.yaml': '' }
    expect(found(texts, configured())).toEqual(['prod/prod-us/cart kustomize apps/cart/overlays/prod-us'])
  })

  it('says which path names an environment that is not configured', () => {
    const configuration = configured({ path: 'apps/{application}/{environment}' })
    const { problems } = discover(repositoryOf({ 'apps/a/qa/kustomization.yaml': '' }), configuration)
    expect(problems).toMatchObject([{ code: 'ENVIRONMENT_UNKNOWN', path: 'apps/a/qa' }])
  })
})

describe('renderers besides kustomize and Helm', () => {
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
  const argo = (directory: string) =>
    `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web}, spec: {source: {path: apps/web, directory: ${directory}}, destination: {name: prod}}}`

  it('takes Jsonnet where Argo CD delivers it, with its libraries and variables', () => {
    const texts = {
      'argo/web.yaml': argo('{jsonnet: {libs: [vendor], tlas: [{name: a, value: "1", code: true}]}}'),
      'apps/web/main.jsonnet': '{}',
      'apps/web/part.libsonnet': '{}',
      'apps/web/plain.yaml': manifest,
      'apps/other/main.jsonnet': '{}',
    }
    const { sources } = discover(repositoryOf(texts), unconfigured)
    expect(sources.filter(({ renderer }) => renderer === 'jsonnet')).toMatchObject([
      {
        application: 'web',
        path: 'apps/web',
        files: ['apps/web/main.jsonnet', 'apps/web/plain.yaml'],
        jsonnet: { libraries: ['vendor'], topLevel: [{ name: 'a', value: '1', isCode: true }] },
      },
    ])
    expect(sources.filter(({ path }) => path === 'apps/web')).toHaveLength(1)
  })

  it("takes a folder with ytt's annotations, and all below it, as one source", () => {
    const texts = {
      'apps/web/config.yaml': `#@ x = 1\n${manifest}`,
      'apps/web/more/a.yaml': manifest,
      'apps/cart/a.yaml': `# @ a comment\n${manifest}`,
    }
    expect(found(texts)).toEqual([
      'default/default/cart plain apps/cart apps/cart/a.yaml',
      'default/default/web ytt apps/web',
    ])
  })

  it('renders as the configuration says', () => {
    const texts = {
      'apps/web/dev/kustomization.yaml': 'resources: [a.yaml]',
      'apps/web/dev/a.yaml': manifest,
      'apps/web/dev/below/b.yaml': manifest,
      'apps/web/prod/main.ts': 'made by a program',
      'lib/vendor/a.libsonnet': '{}',
      'jsonnet/dev/main.jsonnet': '{}',
    }
    const configuration = configured(
      { path: 'apps/{application}/{environment}', renderer: 'plugin', plugin: 'cdk8s', inputs: ['lib/*'] },
      { path: 'jsonnet/{environment}', renderer: 'jsonnet' },
    )
    const { sources } = discover(repositoryOf(texts), configuration)
    expect(sources).toMatchObject([
      { environment: 'dev', renderer: 'jsonnet', path: 'jsonnet/dev', jsonnet: { libraries: ['lib'] } },
      { environment: 'dev', application: 'web', renderer: 'plugin', plugin: 'cdk8s', inputs: ['lib/*'] },
      { environment: 'prod', application: 'web', renderer: 'plugin', path: 'apps/web/prod' },
    ])
  })

  it('keeps of two renderers for one folder the one that is configured', () => {
    const texts = { 'both/Chart.yaml': 'name: both', 'both/kustomization.yaml': 'resources: []' }
    expect(found(texts, configured({ path: 'both', renderer: 'helm' }))).toEqual([
      expect.stringContaining('helm both'),
      expect.stringContaining('helm both'),
    ])
  })
})

describe('what charts are told about their cluster', () => {
  const chart = { 'charts/web/Chart.yaml': 'name: web' }
  const application = `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web}, spec: {source: {path: charts/web, helm: {kubeVersion: v1.33.1, apiVersions: [a.example/v1], skipCrds: true}}, destination: {name: prod-eu}}}`

  it('comes from the configuration of the environment, and from what delivers the chart', () => {
    const configuration = configured({ path: 'charts/{application}' })
    const kubernetes = { version: '1.34', apiVersions: ['b.example/v1'] }
    const [dev, prod] = configuration.environments
    const told = { ...configuration, environments: [dev!, { ...prod!, kubernetes }] }
    const plain = discover(repositoryOf(chart), told).sources
    expect(plain.map((source) => source.kubernetes)).toEqual([undefined, kubernetes])
    const delivered = discover(repositoryOf({ ...chart, 'argo/a.yaml': application }), told).sources
    expect(delivered.filter(({ renderer }) => renderer === 'helm')).toMatchObject([
      {
        isWithoutCrds: true,
        kubernetes: { version: '1.33.1', apiVersions: ['a.example/v1', 'b.example/v1'] },
      },
    ])
  })
})

describe('charts of other hosts', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const pin = (version: string) => ({
    repository: 'oci://registry.example/charts',
    name: 'part',
    version,
    digest,
  })
  const chart = (version: string) => ({
    'charts/web/Chart.yaml': `name: web\ndependencies:\n- {name: part, version: "${version}", repository: "oci://registry.example/charts/"}\n`,
  })

  it.each`
    asked       | allowed               | taken
    ${'1.2.3'}  | ${['1.2.3']}          | ${['1.2.3']}
    ${'1.2.3'}  | ${['1.2.4']}          | ${undefined}
    ${'^1.0.0'} | ${['1.2.4']}          | ${['1.2.4']}
    ${'1.2.3'}  | ${['2.0.0', '1.2.3']} | ${['1.2.3']}
  `('are taken as allowed: $asked of $allowed', ({ asked, allowed, taken }) => {
    const configuration = { ...unconfigured, charts: (allowed as string[]).map(pin) }
    const [source] = discover(repositoryOf(chart(asked as string)), configuration).sources
    expect(source?.charts?.map(({ version }) => version)).toEqual(taken)
  })

  it('are not taken by a chart that carries its own', () => {
    const texts = { ...chart('1.2.3'), 'charts/web/charts/part/Chart.yaml': 'name: part' }
    const [source] = discover(repositoryOf(texts), { ...unconfigured, charts: [pin('1.2.3')] }).sources
    expect(source?.charts).toBeUndefined()
  })
})

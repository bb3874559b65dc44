import { describe, expect, it } from 'vitest'
import { discover } from '../../../src/features/discovery/discover.ts'
import { deployment, repositoryOf, unconfigured } from '../rendering/repository-of.ts'

const repoURL = 'https://git.example/shop/deploy.git'

const tree = {
  'apps/cart/a.yaml': deployment('a'),
  'apps/Pay_ments/a.yaml': deployment('a'),
  'apps/.hidden/a.yaml': deployment('a'),
  'apps/cart/deep/a.yaml': deployment('a'),
  'clusters/dev/config.yaml': 'cluster: {name: dev-1, size: 3, tags: [x, z]}\nuse: apps/cart',
  'clusters/prod/config.yaml': '- {use: apps/cart, id: "1"}\n- {use: apps/cart, id: "2"}',
  'clusters/empty/config.yaml': '',
}

const secret = (name: string, labels: object, server = `https://${name}.example`) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `cluster-${name}`,
      labels: { 'argocd.argoproj.io/secret-type': 'cluster', ...labels },
      annotations: { path: 'apps/cart' },
    },
    data: { name: Buffer.from(name).toString('base64'), server: Buffer.from(server).toString('base64') },
  })

interface Set {
  generators: object[]
  /** The template's name. */
  name: string
  path?: string
  cluster?: string
  /** More of the set's spec. */
  spec?: object
  texts?: Record<string, string>
}

function find({ generators, name, path = 'apps/cart', cluster, spec, texts }: Set) {
  const template = {
    metadata: { name },
    spec: { source: { repoURL, path }, destination: { name: cluster } },
  }
  const set = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'fleet' },
    spec: { generators, template, ...spec },
  }
  return discover(repositoryOf({ ...tree, ...texts, 'sets/fleet.json': JSON.stringify(set) }), unconfigured)
}

/** `application path cluster` of each Application that the set makes. */
function made(set: Set): string[] {
  return find(set)
    .sources.filter(({ because }) => because.startsWith('Argo CD'))
    .map(({ application, path, clusters }) => `${application} ${path} ${clusters.join()}`)
}

const go = { goTemplate: true, goTemplateOptions: ['missingkey=error'] }
const git = (settings: object) => ({ git: { repoURL, revision: 'HEAD', ...settings } })
const list = (...elements: object[]) => ({ list: { elements } })
const matrix = (...generators: object[]) => ({ matrix: { generators } })
const elements = (count: number, key = 'a') =>
  Array.from({ length: count }, (_, index) => ({ [key]: String(index) }))

/** Source: Argo CD, applicationset/generators/list.go. */
describe('list', () => {
  it.each`
    rule                    | generators                                                | spec  | name                         | found
    ${'elements'}           | ${[list({ env: 'dev' }, { env: 'qa' })]}                  | ${{}} | ${'web-{{env}}'}             | ${['web-dev', 'web-qa']}
    ${'values of elements'} | ${[list({ values: { a: 'x' } })]}                         | ${{}} | ${'web-{{ values.a }}'}      | ${['web-x']}
    ${'nested, with Go'}    | ${[list({ values: { a: 'x' }, n: 2 })]}                   | ${go} | ${'web-{{.values.a}}{{.n}}'} | ${['web-x2']}
    ${'elementsYaml'}       | ${[{ list: { elementsYaml: '- {env: a}\n- {env: b}' } }]} | ${go} | ${'web-{{.env}}'}            | ${['web-a', 'web-b']}
    ${'several generators'} | ${[list({ env: 'a' }), list({ env: 'b' })]}               | ${{}} | ${'web-{{env}}'}             | ${['web-a', 'web-b']}
  `('$rule', ({ generators, spec, name, found }) => {
    expect(made({ generators, spec, name })).toEqual(
      (found as string[]).map((each) => `${each} apps/cart default`),
    )
  })
})

/** Source: Argo CD, applicationset/generators/git.go. */
describe('git directories', () => {
  const both = [{ path: 'apps/*' }]
  it.each`
    rule                                 | directories                                                  | spec  | name                              | path                | found
    ${'one level, none that is hidden'}  | ${both}                                                      | ${{}} | ${'{{path.basenameNormalized}}'}  | ${'{{path}}'}       | ${['cart apps/cart default', 'pay-ments apps/Pay_ments default']}
    ${'with Go'}                         | ${both}                                                      | ${go} | ${'{{.path.basenameNormalized}}'} | ${'{{.path.path}}'} | ${['cart apps/cart default', 'pay-ments apps/Pay_ments default']}
    ${'an exclusion wins, in any order'} | ${[{ path: 'apps/P*', exclude: true }, { path: 'apps/*' }]}  | ${{}} | ${'{{path.basename}}'}            | ${'{{path}}'}       | ${['cart apps/cart default']}
    ${'** is one level'}                 | ${[{ path: 'apps/**' }, { path: 'apps/P*', exclude: true }]} | ${{}} | ${'{{path.basename}}'}            | ${'{{path}}'}       | ${['cart apps/cart default']}
    ${'segments'}                        | ${[{ path: 'apps/cart/*' }]}                                 | ${{}} | ${'{{path[1]}}-{{path[2]}}'}      | ${'{{path}}'}       | ${['cart-deep apps/cart/deep default']}
    ${'segments with Go'}                | ${[{ path: 'apps/cart/*' }]}                                 | ${go} | ${'{{index .path.segments 1}}'}   | ${'{{.path.path}}'} | ${['cart apps/cart/deep default']}
  `('$rule', ({ directories, spec, name, path, found }) => {
    expect(made({ generators: [git({ directories })], spec, name, path })).toEqual(found)
  })

  it('take values, and a prefix for the path', () => {
    const settings = {
      directories: [{ path: 'apps/cart' }],
      pathParamPrefix: 'app',
      values: { a: '{{app.path.basename}}-x' },
    }
    expect(made({ generators: [git(settings)], name: '{{values.a}}', path: '{{app.path}}' })).toEqual([
      'cart-x apps/cart default',
    ])
    const withGo = { ...settings, values: { a: '{{.app.path.basename}}-x' } }
    expect(
      made({ generators: [git(withGo)], spec: go, name: '{{.values.a}}', path: '{{.app.path.path}}' }),
    ).toEqual(['cart-x apps/cart default'])
  })
})

/** Source: Argo CD, applicationset/generators/git.go generateParamsFromGitFile; jeremywohl/flatten. */
describe('git files', () => {
  it.each`
    rule                      | files                                                                         | spec  | name                                                           | found
    ${'a mapping, flattened'} | ${[{ path: 'clusters/dev/config.yaml' }]}                                     | ${{}} | ${'{{cluster.name}}-{{cluster.size}}-{{cluster.tags.1}}'}      | ${['dev-1-3-z']}
    ${'a mapping, with Go'}   | ${[{ path: 'clusters/dev/*.yaml' }]}                                          | ${go} | ${'{{.cluster.name}}-{{index .cluster.tags 0}}'}               | ${['dev-1-x']}
    ${'a list, one for each'} | ${[{ path: 'clusters/prod/config.yaml' }]}                                    | ${{}} | ${'w{{id}}'}                                                   | ${['w1', 'w2']}
    ${'the file’s own place'} | ${[{ path: 'clusters/dev/config.yaml' }]}                                     | ${{}} | ${'{{path.basename}}-{{path.filenameNormalized}}-{{path[0]}}'} | ${['dev-config.yaml-clusters']}
    ${'an empty file counts'} | ${[{ path: 'clusters/empty/config.yaml' }]}                                   | ${{}} | ${'{{path.basename}}'}                                         | ${['empty']}
    ${'* takes folders too'}  | ${[{ path: 'clusters/*.yaml' }, { path: 'clusters/prod', exclude: true }]}    | ${{}} | ${'{{path.basename}}'}                                         | ${['dev', 'empty']}
    ${'** takes folders too'} | ${[{ path: 'clusters/**/config.yaml' }, { path: '*/prod/*', exclude: true }]} | ${{}} | ${'{{path.basename}}'}                                         | ${['dev', 'empty']}
  `('$rule', ({ files, spec, name, found }) => {
    expect(made({ generators: [git({ files })], spec, name }).map((each) => each.split(' ')[0])).toEqual(
      found,
    )
  })
})

/** Source: Argo CD, applicationset/generators/matrix.go, merge.go, utils/map.go. */
describe('matrix and merge', () => {
  const merge = (mergeKeys: string[], ...generators: object[]) => ({ merge: { mergeKeys, generators } })
  it.each`
    rule                                  | generators                                                                                                                      | spec  | name                   | found
    ${'every pair'}                       | ${[matrix(list({ a: '1' }, { a: '2' }), list({ b: 'x' }, { b: 'y' }))]}                                                         | ${{}} | ${'{{a}}{{b}}'}        | ${['1x', '1y', '2x', '2y']}
    ${'the second uses the first'}        | ${[matrix(list({ dir: 'cart' }), git({ directories: [{ path: 'apps/{{dir}}' }] }))]}                                            | ${{}} | ${'{{path.basename}}'} | ${['cart']}
    ${'the second uses the first, in Go'} | ${[matrix(git({ files: [{ path: 'clusters/dev/config.yaml' }] }), { list: { elementsYaml: '{{ .cluster.tags | toJson }}' } })]} | ${go} | ${'{{.cluster.name}}'} | ${['dev-1']}
    ${'elementsYaml of the first'}        | ${[matrix(list({ teams: [{ t: 'a' }, { t: 'b' }] }), { list: { elementsYaml: '{{ .teams | toJson }}' } })]}                     | ${go} | ${'{{.t}}'}            | ${['a', 'b']}
    ${'values of the second wait'}        | ${[matrix(list({ a: '1' }), { ...git({ directories: [{ path: 'apps/cart' }], values: { v: '{{.a}}-{{.path.basename}}' } }) })]} | ${go} | ${'{{.values.v}}'}     | ${[]}
    ${'nested'}                           | ${[matrix(list({ a: '1' }), matrix(list({ b: '2' }), list({ c: '3' })))]}                                                       | ${{}} | ${'{{a}}{{b}}{{c}}'}   | ${['123']}
    ${'merge by a key'}                   | ${[merge(['k'], list({ k: 'a', v: '1' }, { k: 'b', v: '1' }), list({ k: 'b', v: '2' }))]}                                       | ${{}} | ${'{{k}}{{v}}'}        | ${['a1', 'b2']}
    ${'merge deeply, with Go'}            | ${[merge(['k'], list({ k: 'a', o: { x: '1', y: '2' } }), list({ k: 'a', o: { y: '3' } }))]}                                     | ${go} | ${'{{.o.x}}{{.o.y}}'}  | ${['13']}
    ${'what has no base is dropped'}      | ${[merge(['k'], list({ k: 'a' }), list({ k: 'z' }))]}                                                                           | ${{}} | ${'{{k}}'}             | ${['a']}
  `('$rule', ({ generators, spec, name, found }) => {
    expect(made({ generators, spec, name }).map((each) => each.split(' ')[0])).toEqual(found)
  })
})

/** Source: Argo CD, applicationset/generators/cluster.go. */
describe('clusters', () => {
  const texts = { 'c/eu.json': secret('eu', { tier: 'prod' }), 'c/us.json': secret('us', { tier: 'test' }) }
  const prod = { selector: { matchLabels: { tier: 'prod' } } }
  it.each`
    rule                                  | clusters                                                                                      | texts    | spec  | name                                                                                      | found
    ${'all, and the one Argo CD runs in'} | ${{}}                                                                                         | ${texts} | ${{}} | ${'w-{{name}}'}                                                                           | ${['w-eu', 'w-in-cluster', 'w-us']}
    ${'the one Argo CD runs in'}          | ${{}}                                                                                         | ${{}}    | ${{}} | ${'w-{{nameNormalized}}'}                                                                 | ${['w-in-cluster']}
    ${'by label'}                         | ${prod}                                                                                       | ${texts} | ${{}} | ${'w-{{name}}'}                                                                           | ${['w-eu']}
    ${'labels and annotations'}           | ${prod}                                                                                       | ${texts} | ${{}} | ${'w-{{metadata.labels.tier}}-{{ metadata.annotations.path }}'}                           | ${['w-prod-apps-cart']}
    ${'labels and annotations, with Go'}  | ${prod}                                                                                       | ${texts} | ${go} | ${'w-{{.metadata.labels.tier}}-{{index .metadata.annotations "path" | replace "/" "."}}'} | ${['w-prod-apps.cart']}
    ${'values'}                           | ${{ ...prod, values: { v: 'x-{{name}}' } }}                                                   | ${texts} | ${{}} | ${'w-{{values.v}}'}                                                                       | ${['w-x-eu']}
    ${'as one list'}                      | ${{ flatList: true }}                                                                         | ${texts} | ${go} | ${'w{{ range .clusters }}-{{ .name }}{{ end }}'}                                          | ${['w-eu-us-in-cluster']}
    ${'by expression'}                    | ${{ selector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['prod'] }] } }} | ${texts} | ${{}} | ${'w-{{name}}'}                                                                           | ${['w-us']}
  `('$rule', ({ clusters, texts: files, spec, name, found }) => {
    expect(
      made({ generators: [{ clusters }], texts: files, spec, name }).map((each) => each.split(' ')[0]),
    ).toEqual(found)
  })

  it('a Secret of the cluster Argo CD runs in takes its place', () => {
    const own = { 'c/own.json': secret('own', {}, 'https://kubernetes.default.svc') }
    expect(made({ generators: [{ clusters: {} }], texts: own, name: 'w-{{name}}' })).toEqual([
      'w-own apps/cart default',
    ])
  })
})

/** Source: Argo CD, applicationset/generators/generator_spec_processor.go Transform; controllers/template/patch.go. */
describe('templates', () => {
  it('a selector keeps what fits, by flattened names', () => {
    const generator = {
      ...list({ n: '1', o: { p: 'x' } }, { n: '2', o: { p: 'y' } }),
      selector: { matchLabels: { 'o.p': 'y' } },
    }
    expect(made({ generators: [generator], spec: go, name: 'w{{.n}}' })).toEqual(['w2 apps/cart default'])
  })

  it('a generator’s own template counts before the set’s', () => {
    const own = { metadata: { name: 'own-{{e}}' }, spec: { source: { path: 'apps/Pay_ments' } } }
    const generators = [{ list: { elements: [{ e: 'a' }], template: own } }, list({ e: 'b' })]
    expect(made({ generators, name: 'all-{{e}}', cluster: 'c-{{e}}' })).toEqual([
      'all-b apps/cart c-b',
      'own-a apps/Pay_ments c-a',
    ])
  })

  it('a patch is filled in and merged', () => {
    const templatePatch =
      'spec:\n  source:\n    helm:\n      valueFiles:\n{{- range .files }}\n        - {{ . }}\n{{- end }}\n{{ if .cluster }}  destination: {name: {{ .cluster }}}{{ end }}'
    const texts = { 'chart/Chart.yaml': 'name: c' }
    const generators = [list({ files: ['a.yaml', 'b.yaml'], cluster: 'c1' })]
    const found = find({ generators, spec: { ...go, templatePatch }, name: 'w', path: 'chart', texts })
    expect(found.sources.find(({ renderer }) => renderer === 'helm')).toMatchObject({
      valueFiles: ['chart/a.yaml', 'chart/b.yaml'],
      clusters: ['c1'],
    })
  })

  it('without Go a value keeps what no parameter is given for, such as templates of the chart', () => {
    const source = { repoURL, path: 'chart', helm: { values: 'host: "{{ .Values.x }}-{{env}}"' } }
    const template = { metadata: { name: 'w' }, spec: { source } }
    const found = find({
      generators: [list({ env: 'dev' })],
      spec: { template },
      name: '',
      texts: { 'chart/Chart.yaml': 'name: c' },
    })
    expect(found.sources.find(({ renderer }) => renderer === 'helm')?.values).toEqual({
      host: '{{ .Values.x }}-dev',
    })
  })

  it('the same name twice is said, and shown once', () => {
    const found = find({ generators: [list({ e: 'a' }, { e: 'b' })], name: 'same' })
    expect(found.notices).toMatchObject([{ code: 'APPLICATION_TWICE', path: 'sets/fleet.json', line: 1 }])
    expect(found.sources.filter(({ application }) => application.startsWith('same'))).toHaveLength(1)
  })
})

describe('what the repository does not determine', () => {
  const merged = (...elements: object[]) => ({
    merge: { mergeKeys: ['k'], generators: [list(...elements), list({ k: '1' })] },
  })
  it.each`
    why                               | generators                                                                           | spec                                            | name                        | reason
    ${'clusters declared elsewhere'}  | ${[{ clusters: { selector: { matchLabels: { a: 'b' } } } }]}                         | ${{}}                                           | ${'w-{{name}}'}             | ${'clusters generator'}
    ${'a resource in the cluster'}    | ${[{ clusterDecisionResource: {} }]}                                                 | ${{}}                                           | ${'w'}                      | ${'clusterDecisionResource'}
    ${'repositories'}                 | ${[{ scmProvider: {} }]}                                                             | ${{}}                                           | ${'w'}                      | ${'scmProvider'}
    ${'pull requests'}                | ${[{ pullRequest: {} }]}                                                             | ${{}}                                           | ${'w'}                      | ${'pullRequest'}
    ${'a plug-in'}                    | ${[{ plugin: {} }]}                                                                  | ${{}}                                           | ${'w'}                      | ${'plugin'}
    ${'a generator of tomorrow'}      | ${[{ oracle: {} }]}                                                                  | ${{}}                                           | ${'w'}                      | ${'oracle'}
    ${'no generator'}                 | ${[{}]}                                                                              | ${{}}                                           | ${'w'}                      | ${'empty'}
    ${'one child of a matrix'}        | ${[{ matrix: { generators: [list({ a: '1' }), { plugin: {} }] } }]}                  | ${{}}                                           | ${'w'}                      | ${'plugin'}
    ${'three children of a matrix'}   | ${[{ matrix: { generators: [list(), list(), list()] } }]}                            | ${{}}                                           | ${'w'}                      | ${'two generators'}
    ${'more than anybody has'}        | ${[list(...elements(5_001))]}                                                        | ${{}}                                           | ${'w'}                      | ${'5001 applications, and at most 5000'}
    ${'a matrix of more'}             | ${[matrix(list(...elements(100)), list(...elements(51, 'b')))]}                      | ${{}}                                           | ${'w'}                      | ${'5049 applications, and at most 5000'}
    ${'matrices of nothing'}          | ${[matrix(list(...elements(150)), matrix(list(...elements(150, 'b')), list()))]}     | ${{}}                                           | ${'w'}                      | ${'more than 20000 pairs'}
    ${'values that contradict'}       | ${[{ matrix: { generators: [list({ a: '1' }), list({ a: '2' })] } }]}                | ${{}}                                           | ${'w'}                      | ${'different values'}
    ${'a key twice'}                  | ${[merged({ k: '1' }, { k: '1' })]}                                                  | ${{}}                                           | ${'w'}                      | ${'twice'}
    ${'a number without Go'}          | ${[list({ n: 1 })]}                                                                  | ${{}}                                           | ${'w{{n}}'}                 | ${'no text'}
    ${'another repository'}           | ${[{ git: { repoURL: 'https://git.example/x/y', directories: [{ path: 'z/*' }] } }]} | ${{}}                                           | ${'w'}                      | ${'https://git.example/x/y'}
    ${'a file that is no YAML'}       | ${[git({ files: [{ path: 'apps/notes.txt' }] })]}                                    | ${{}}                                           | ${'w'}                      | ${'apps/notes.txt'}
    ${'a name that is not given'}     | ${[list({ a: '1' })]}                                                                | ${{}}                                           | ${'w-{{b}}'}                | ${'{{b}}'}
    ${'a function that is not known'} | ${[list({ a: '1' })]}                                                                | ${go}                                           | ${'w-{{ .a | sha256sum }}'} | ${'sha256sum'}
    ${'a missing parameter'}          | ${[list({ a: '1' })]}                                                                | ${go}                                           | ${'w-{{.b}}'}               | ${'parameter b'}
    ${'a patch with directives'}      | ${[list({ a: '1' })]}                                                                | ${{ templatePatch: 'spec: {$patch: replace}' }} | ${'w'}                      | ${'templatePatch'}
  `('$why', ({ generators, spec, name, reason }) => {
    const { notices, problems } = find({ generators, spec, name, texts: { 'apps/notes.txt': '-> nowhere' } })
    expect(problems).toEqual([])
    expect(notices).toMatchObject([{ code: 'APPLICATIONSET_UNDETERMINED', path: 'sets/fleet.json', line: 1 }])
    expect(notices[0]?.message).toContain(reason)
  })

  it('stops no other generator of the set', () => {
    const set = { generators: [{ plugin: {} }, list({ a: '1' })], name: 'w{{a}}' }
    expect(made(set)).toEqual(['w1 apps/cart default'])
    expect(find(set).notices).toHaveLength(1)
  })
})

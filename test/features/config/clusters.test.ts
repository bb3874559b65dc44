import { describe, expect, it } from 'vitest'
import { parseConfiguration } from '../../../src/features/config/parse-configuration.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMLLa7VuiFdVcs5inX+jUX9hI6dYLvFdO73PtX7MUhZb'
const parse = (text: string) => parseConfiguration(text, '.drawbridge.yaml')
const said = (text: string) => parse(text).problems.map(({ line, message }) => `${line} ${message}`)
const waves = (text: string) =>
  Object.fromEntries(parse(text).configuration.environments.map(({ name, waves }) => [name, waves]))

describe('clusters that are declared', () => {
  it('are read with who serves them, the region as a label', () => {
    const { configuration, problems } = parse(`environments: { dev: {}, prod: {} }
clusters:
  dev: { kubeconfig: shop-dev }
  eu: { environment: prod, region: eu, labels: { tier: gold }, agent: ["${key} of the agent"] }
  us: { environment: prod, clusterApi: { management: fleet, namespace: clusters } }
  asia: { environment: prod }
`)
    expect(problems).toEqual([])
    expect(configuration.clusters).toEqual([
      { name: 'dev', labels: {}, access: { kind: 'kubeconfig', name: 'shop-dev' } },
      {
        name: 'eu',
        environment: 'prod',
        labels: { tier: 'gold', region: 'eu' },
        access: { kind: 'agent', keys: [`${key} of the agent`] },
      },
      {
        name: 'us',
        environment: 'prod',
        labels: {},
        access: { kind: 'cluster-api', management: 'fleet', namespace: 'clusters' },
      },
      { name: 'asia', environment: 'prod', labels: {} },
    ])
    expect(configuration.environments.map(({ waves }) => waves)).toEqual([[['dev']], [['eu', 'us', 'asia']]])
  })

  /*
   * | item of a list            | stands for                                                        |
   * | ------------------------- | ----------------------------------------------------------------- |
   * | a name                    | that cluster, whatever labels select it                           |
   * | labels                    | what carries all of them, and is not named nor selected before    |
   * | labels of another's       | nothing: what is declared for another environment is never taken  |
   */
  it.each`
    case                                   | prod                                               | expected
    ${'labels select in order'}            | ${'waves: [[{ tier: canary }], [{ region: eu }]]'} | ${[['a'], ['b']]}
    ${'a name wins over labels before it'} | ${'waves: [[{ region: eu }], [a]]'}                | ${[['b'], ['a']]}
    ${'all labels have to be there'}       | ${'clusters: [{ region: eu, tier: canary }, b]'}   | ${[['a', 'b']]}
    ${'names and labels stand together'}   | ${'clusters: [b, { tier: canary }]'}               | ${[['b', 'a']]}
    ${'none is written: all of its own'}   | ${'protected: true'}                               | ${[['a', 'b']]}
  `('$case', ({ prod, expected }: { prod: string; expected: string[][] }) => {
    const text = `environments:
  prod: { ${prod} }
  dev: {}
clusters:
  a: { environment: prod, region: eu, labels: { tier: canary } }
  b: { environment: prod, region: eu }
  c: { environment: dev, region: eu, labels: { tier: canary } }
`
    expect(said(text)).toEqual([])
    expect(waves(text)).toEqual({ prod: expected, dev: [['c']] })
  })

  it.each`
    case                               | text                                                                                                                                        | message
    ${'an unknown cluster'}            | ${'environments: { prod: { clusters: [prod-eu, prod-uss] } }\nclusters: { prod-eu: {}, prod-us: {} }'}                                      | ${'there is no cluster "prod-uss"; did you mean prod-us?'}
    ${'an unknown environment'}        | ${'environments: { prod: { clusters: [eu] } }\nclusters: { eu: { environment: prd } }'}                                                     | ${'there is no environment "prd"; did you mean prod?'}
    ${'a cluster nobody rolls out to'} | ${'environments: { prod: { clusters: [eu] } }\nclusters: { eu: {}, us: { environment: prod } }'}                                            | ${'no environment rolls out to it; name it in the clusters or waves of prod'}
    ${'two environments'}              | ${'environments: { dev: { clusters: [eu] }, prod: { clusters: [us] } }\nclusters: { eu: { environment: prod }, us: {} }'}                   | ${'it is declared for prod, and dev rolls out to it'}
    ${'a cluster of two'}              | ${'environments: { dev: { clusters: [eu] }, prod: { clusters: [{ a: b }] } }\nclusters: { eu: { labels: { a: b } } }'}                      | ${'"eu" already belongs to dev'}
    ${'labels that nobody has'}        | ${'environments: { prod: { waves: [[eu], [{ tier: gold }]] } }\nclusters: { eu: {} }'}                                                      | ${'no cluster that is left carries these labels'}
    ${'two ways to it'}                | ${`environments: { eu: {} }\nclusters: { eu: { kubeconfig: eu, agent: [] } }`}                                                              | ${'agent and kubeconfig are both given'}
    ${'one key for two'}               | ${`environments: { prod: {} }\nclusters: { eu: { environment: prod, agent: ["${key}"] }, us: { environment: prod, agent: ["${key} x"] } }`} | ${'the key is the one of eu'}
    ${'one kubeconfig for two'}        | ${'environments: { prod: {} }\nclusters: { eu: { environment: prod, kubeconfig: k }, us: { environment: prod, kubeconfig: k } }'}           | ${'the kubeconfig is the one of eu'}
    ${'a key that is none'}            | ${'environments: { eu: {} }\nclusters: { eu: { agent: [ssh-ed25519 AAAA] } }'}                                                              | ${'this is not an Ed25519 public key'}
    ${'another kind of key'}           | ${'environments: { eu: {} }\nclusters: { eu: { agent: [ssh-rsa AAAA] } }'}                                                                  | ${'is not an Ed25519 public key'}
    ${'the region twice'}              | ${'environments: { eu: {} }\nclusters: { eu: { region: eu, labels: { region: us } } }'}                                                     | ${'the region is given twice'}
    ${'a name that is none'}           | ${'environments: { prod: {} }\nclusters: { "a/b": { environment: prod } }'}                                                                 | ${'this is not a name of a cluster'}
  `('$case is a problem', ({ text, message }: { text: string; message: string }) => {
    expect(said(text).join('\n')).toContain(message)
  })

  it('with a fault are served by nobody, and nobody’s word on them counts', () => {
    const { configuration } = parse(`environments: { prod: {} }
clusters:
  eu: { environment: prod, kubeconfig: [eu] }
  us: { environment: prod, agent: ["${key}", nonsense] }
`)
    expect(configuration.clusters).toEqual([
      { name: 'eu', labels: {}, access: { kind: 'agent', keys: [] } },
      { name: 'us', labels: {}, access: { kind: 'agent', keys: [] } },
    ])
  })

  it('are not forgotten where their environment has a fault', () => {
    const text = `environments: { prod: { waves: [[{ tier: a }], [b]], protected: perhaps } }
clusters: { a: { labels: { tier: a } }, b: {} }
`
    expect(said(text)).toHaveLength(1)
    expect(waves(text)).toEqual({ prod: [['a'], ['b']] })
  })
})

import { describe, expect, it } from 'vitest'
import { parseOpenSlo } from '../../../src/features/slo/parse-open-slo.ts'

const path = 'slo/checkout.yaml'
const checkout = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout-answers
  annotations:
    drawbridge.dev/environment: prod
    drawbridge.dev/on-breach: revert
    drawbridge.dev/version-label: version
spec:
  service: checkout
  indicatorRef: answers
  timeWindow:
    - { duration: 30d, isRolling: true }
  budgetingMethod: Occurrences
  objectives:
    - displayName: all good
      target: 0.999
`
const answers = `apiVersion: openslo/v1
kind: SLI
metadata: { name: answers }
spec:
  ratioMetric:
    counter: true
    good:
      metricSource: { type: Prometheus, spec: { query: 'sum(rate(http_requests_total{app="checkout",code!~"5.."}[5m]))' } }
    total:
      metricSource: { metricSourceRef: ours, spec: { query: 'http_requests_total{app="checkout"}' } }
`
const ours =
  'apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: ours }\nspec: { type: Prometheus }\n'

const read = (...documents: string[]) =>
  parseOpenSlo(new Map([[path, documents.join('---\n')]]), ['prod', 'staging'])
const said = (...documents: string[]) =>
  read(...documents).problems.map(({ code, line, message }) => `${code} ${line} ${message}`)

describe('parseOpenSlo', () => {
  it('reads an SLO, its indicator and its data source, whatever file they are in', () => {
    const files = new Map([
      ['b.yaml', `${checkout}---\n${ours}`],
      ['a.yaml', answers],
    ])
    expect(parseOpenSlo(files, ['prod'])).toEqual({
      slos: [
        {
          name: 'checkout-answers',
          application: 'checkout',
          environment: 'prod',
          objective: 0.999,
          windowDays: 30,
          totalEvents: 'http_requests_total{app="checkout"}',
          goodEvents: 'http_requests_total{app="checkout",code!~"5.."}',
          versionLabel: 'version',
          onBreach: 'revert',
        },
      ],
      problems: [],
    })
  })

  it('reads what the short form cannot say differently, too', () => {
    const inline = checkout
      .replace(
        '  indicatorRef: answers\n',
        `  indicator:\n    spec: { ratioMetric: { counter: true, bad: { metricSource: { type: prometheus, spec: { query: 'increase(bad[1m])' } } }, total: { metricSource: { type: Prometheus, spec: { query: 'sum(all)' } } } } }\n`,
      )
      .replace('target: 0.999', 'targetPercent: 99.5')
      .replace('30d', '4w')
      .replace('    drawbridge.dev/on-breach: revert\n', '')
    expect(read(inline).slos).toMatchObject([
      { badEvents: 'bad', totalEvents: 'all', objective: 0.995, windowDays: 28, onBreach: 'report' },
    ])
  })

  it.each`
    case                          | from                                        | to                                                                | problem
    ${'another method'}           | ${'Occurrences'}                            | ${'Timeslices'}                                                   | ${'OPENSLO_UNSUPPORTED 14 spec.budgetingMethod: is not Occurrences'}
    ${'another window'}           | ${'30d'}                                    | ${'2w'}                                                           | ${'OPENSLO_UNSUPPORTED 13 spec.timeWindow: is not one rolling window of 28 or 30 days'}
    ${'a window of the calendar'} | ${'isRolling: true'}                        | ${'calendar: { startTime: 2026-01-01 12:00:00 }'}                 | ${'OPENSLO_UNSUPPORTED 13 spec.timeWindow: is not one rolling window of 28 or 30 days'}
    ${'two objectives'}           | ${'      target: 0.999\n'}                  | ${'      target: 0.999\n    - { target: 0.99 }\n'}                | ${'OPENSLO_UNSUPPORTED 16 spec.objectives: has 2 objectives'}
    ${'a field of objectives'}    | ${'      target: 0.999\n'}                  | ${'      target: 0.999\n      op: lt\n'}                          | ${'OPENSLO_UNSUPPORTED 18 spec.objectives.0.op: is not supported'}
    ${'a share of percent'}       | ${'target: 0.999'}                          | ${'target: 99.9'}                                                 | ${'OPENSLO_UNSUPPORTED 16 spec.objectives.0: promises nothing between 0 and 1'}
    ${'never fires'}              | ${'target: 0.999'}                          | ${'target: 0.9'}                                                  | ${/^SLO_NEVER_FIRES 16 .* can never fire/}
    ${'no environment'}           | ${'    drawbridge.dev/environment: prod\n'} | ${''}                                                             | ${'OPENSLO_UNSUPPORTED 6 metadata.annotations: does not say where it holds'}
    ${'an environment of nobody'} | ${'environment: prod'}                      | ${'environment: prd'}                                             | ${'OPENSLO_UNSUPPORTED 6 metadata.annotations.drawbridge.dev/environment: there is no environment prd'}
    ${'an unknown act'}           | ${'on-breach: revert'}                      | ${'on-breach: page'}                                              | ${'OPENSLO_UNSUPPORTED 7 metadata.annotations.drawbridge.dev/on-breach: is not known'}
    ${'a field of nobody'}        | ${'  service: checkout\n'}                  | ${'  service: checkout\n  burn: 2\n'}                             | ${'OPENSLO_UNSUPPORTED 11 spec.burn: is not supported'}
    ${'an SLI of nobody'}         | ${'indicatorRef: answers'}                  | ${'indicatorRef: nobody'}                                         | ${'OPENSLO_UNSUPPORTED 11 spec.indicatorRef: there is no SLI nobody'}
    ${'a policy of nobody'}       | ${'  budgetingMethod:'}                     | ${'  alertPolicies: [{ alertPolicyRef: x }]\n  budgetingMethod:'} | ${'OPENSLO_UNSUPPORTED 14 spec.alertPolicies.0: there is no AlertPolicy x'}
  `('names what it does not understand: $case', ({ from, to, problem }) => {
    const problems = said(checkout.replace(from, to), answers, ours)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
    expect(read(checkout.replace(from, to), answers, ours).slos).toEqual([])
  })

  it('needs no environment where there is but one', () => {
    const text = checkout.replace('    drawbridge.dev/environment: prod\n', '')
    const { slos, problems } = parseOpenSlo(new Map([[path, [text, answers, ours].join('---\n')]]), ['prod'])
    expect([problems, slos[0]?.environment]).toEqual([[], 'prod'])
  })

  it.each`
    case                     | from                    | to                                                                                    | problem
    ${'another source'}      | ${'type: Prometheus, '} | ${'type: Datadog, '}                                                                  | ${'good: is asked of Datadog'}
    ${'a query'}             | ${'sum(rate('}          | ${'sum(up) + sum(rate('}                                                              | ${'good: is not one counter with label matchers'}
    ${'no counter'}          | ${'counter: true'}      | ${'counter: false'}                                                                   | ${'is not a counter'}
    ${'a precomputed ratio'} | ${'good:'}              | ${'raw:'}                                                                             | ${'is not a ratio of bad or good to total events'}
    ${'good and bad'}        | ${'    good:'}          | ${'    bad: { metricSource: { type: Prometheus, spec: { query: bad } } }\n    good:'} | ${'counts good and bad events'}
  `('names what it does not understand of an indicator: $case', ({ from, to, problem }) => {
    expect(said(checkout, answers.replace(from, to), ours)).toEqual([
      expect.stringContaining(`OPENSLO_UNSUPPORTED 11 spec.indicatorRef: ${problem}`),
    ])
  })

  it.each`
    case             | text                                                                                                     | problem
    ${'of an SLI'}   | ${answers.replace('spec:', 'spec:\n  color: red')}                                                       | ${'spec.indicatorRef.color: is not supported'}
    ${'of a ratio'}  | ${answers.replace('counter: true', 'counter: true\n    rawType: success')}                               | ${'spec.indicatorRef.rawType: is not supported'}
    ${'of a source'} | ${answers.replace('{ query: \'http_requests_total{app="checkout"}\' }', '{ query: all, tenant: shop }')} | ${'spec.indicatorRef.total.tenant: is not supported'}
  `('names what it does not know $case', ({ text, problem }) => {
    expect(said(checkout, text, ours)).toEqual([`OPENSLO_UNSUPPORTED 11 ${problem}`])
  })

  it('names a server that is not ours, and an annotation that is not known', () => {
    const theirs = ours.replace('Prometheus', 'Prometheus, connectionDetails: { url: https://other.example }')
    expect(said(checkout, answers, theirs)[0]).toContain('total: is asked of a server of its own')
    const noted = checkout.replace('drawbridge.dev/on-breach', 'drawbridge.dev/on-breech')
    expect(said(noted, answers, ours)).toEqual([
      'OPENSLO_UNSUPPORTED 7 metadata.annotations.drawbridge.dev/on-breech: is not supported',
    ])
  })

  it.each`
    case                 | text                                       | problem
    ${'not YAML'}        | ${'a: [\n'}                                | ${/^OPENSLO_UNREADABLE \d slo\/checkout.yaml is not YAML/}
    ${'aliases'}         | ${'a: &a 1\nb: *a\n'}                      | ${/^OPENSLO_/}
    ${'another version'} | ${'apiVersion: openslo/v2alpha\n'}         | ${'OPENSLO_VERSION 1 apiVersion: is not openslo/v1'}
    ${'another kind'}    | ${'apiVersion: openslo/v1\nkind: Thing\n'} | ${'OPENSLO_KIND 2 kind: is no kind of OpenSLO v1'}
    ${'far too much'}    | ${'#'.repeat(300_000)}                     | ${/is larger than/}
  `('refuses $case', ({ text, problem }) => {
    expect(said(text)[0]).toMatch(problem)
  })

  it('takes an empty file for none', () => {
    expect(read('', '# nothing\n')).toEqual({ slos: [], problems: [] })
  })
})

describe('alert policies', () => {
  const alerting = (policies: string) =>
    checkout.replace('  budgetingMethod:', `  alertPolicies: ${policies}\n  budgetingMethod:`)
  const policy = (name: string, condition: string) =>
    `apiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: { name: ${name} }\nspec: { alertWhenBreaching: true, alertWhenResolved: true, notificationTargets: [{ targetRef: ops }], conditions: [{ conditionRef: ${condition} }] }\n`
  const quick = `apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: quick, annotations: { drawbridge.dev/short-window: 10m } }
spec:
  severity: page
  condition: { kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 0m }
`
  const slow = quick
    .replace('quick, annotations: { drawbridge.dev/short-window: 10m }', 'slow')
    .replace('14.4, lookbackWindow: 1h, alertAfter: 0m', '6, lookbackWindow: 6h')
  const both = alerting('[{ alertPolicyRef: fast }, { alertPolicyRef: steady }]')
  const rest = [policy('fast', 'quick'), policy('steady', 'slow'), answers, ours]

  it('take the place of the rules of the window, each with its second window', () => {
    const { slos, problems } = read(both, quick, slow, ...rest)
    expect(problems).toEqual([])
    expect(slos[0]?.burnRates).toEqual([
      { factor: 14.4, longSeconds: 3600, shortSeconds: 600 },
      { factor: 6, longSeconds: 21_600, shortSeconds: 1800 },
    ])
  })

  it('may be written in place', () => {
    const inline = alerting(
      '[{ kind: AlertPolicy, spec: { conditions: [{ spec: { severity: page, condition: { op: gt, threshold: 10, lookbackWindow: 2h } } }] } }]',
    )
    expect(read(inline, answers, ours).slos[0]?.burnRates).toEqual([
      { factor: 10, longSeconds: 7200, shortSeconds: 600 },
    ])
  })

  // | what a condition or its policy says           | what becomes of it                         |
  // | it burns more than that, in one or two windows | it alerts                                  |
  // | anything that would alert otherwise            | it is named, and the SLO guards nothing    |
  // | whom to notify, when it is over                | for those who notify                       |
  it.each`
    case                           | from                                       | to                                 | problem
    ${'burning less'}              | ${'op: gte'}                               | ${'op: lte'}                       | ${'alerts while it burns less (op: lte)'}
    ${'no operator'}               | ${'op: gte, '}                             | ${''}                              | ${'alerts while it burns less (op: undefined)'}
    ${'another kind'}              | ${'kind: burnrate'}                        | ${'kind: budget'}                  | ${'asks for budget'}
    ${'waiting'}                   | ${'alertAfter: 0m'}                        | ${'alertAfter: 5m'}                | ${'waits with alertAfter'}
    ${'a window that is none'}     | ${'lookbackWindow: 1h'}                    | ${'lookbackWindow: 1M'}            | ${'its windows are 1M and 10m'}
    ${'a window that is too long'} | ${'lookbackWindow: 1h'}                    | ${'lookbackWindow: 5w'}            | ${'its windows are 5w and 10m'}
    ${'a second that is longer'}   | ${'short-window: 10m'}                     | ${'short-window: 2h'}              | ${'its windows are 1h and 2h'}
    ${'a second that is none'}     | ${'short-window: 10m'}                     | ${'short-window: soon'}            | ${'its windows are 1h and soon'}
    ${'no threshold'}              | ${'threshold: 14.4, '}                     | ${''}                              | ${'its threshold is no burn rate'}
    ${'a ticket'}                  | ${'severity: page'}                        | ${'severity: ticket'}              | ${'alerts with the severity ticket'}
    ${'a field of nobody'}         | ${'kind: burnrate'}                        | ${'kind: burnrate, budget: 2'}     | ${'budget: is not supported'}
    ${'no data is a failure'}      | ${'alertWhenResolved: true'}               | ${'alertWhenNoData: true'}         | ${'alerts where there is no data'}
    ${'not when it is breached'}   | ${'alertWhenBreaching: true'}              | ${'alertWhenBreaching: false'}     | ${'does not alert on a breach'}
    ${'two conditions'}            | ${'[{ conditionRef: quick }]'}             | ${'[{ conditionRef: quick }, {}]'} | ${'has 2 conditions'}
    ${'no condition'}              | ${'conditions: [{ conditionRef: quick }]'} | ${'conditions: []'}                | ${'has 0 conditions'}
    ${'a condition of nobody'}     | ${'conditionRef: quick'}                   | ${'conditionRef: quik'}            | ${'there is no AlertCondition quik'}
  `('are named where they say something else: $case', ({ from, to, problem }) => {
    const text = [both, quick, slow, ...rest].map((each) => each.replace(from, to))
    const problems = said(...text).filter((one) => one.includes('alertPolicies.0'))
    expect(problems).toEqual([expect.stringMatching(/^OPENSLO_UNSUPPORTED 14 spec\.alertPolicies\.0/)])
    expect(problems[0]).toContain(problem)
  })

  it('can never fire above all errors there can be', () => {
    const wild = quick.replace('14.4', '1000')
    expect(said(both, wild, slow, ...rest)[0]).toContain(
      'the alert at 1000 times the error budget can never fire',
    )
  })
})

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
    case                          | from                                        | to                                                                                            | problem
    ${'another method'}           | ${'Occurrences'}                            | ${'Timeslices'}                                                                               | ${'OPENSLO_UNSUPPORTED 14 spec.budgetingMethod: is not Occurrences'}
    ${'another window'}           | ${'30d'}                                    | ${'2w'}                                                                                       | ${'OPENSLO_UNSUPPORTED 13 spec.timeWindow: is not one rolling window of 28 or 30 days'}
    ${'a window of the calendar'} | ${'isRolling: true'}                        | ${'calendar: { startTime: 2026-01-01 12:00:00 }'}                                             | ${'OPENSLO_UNSUPPORTED 13 spec.timeWindow: is not one rolling window of 28 or 30 days'}
    ${'two objectives'}           | ${'      target: 0.999\n'}                  | ${'      target: 0.999\n    - { target: 0.99 }\n'}                                            | ${'OPENSLO_UNSUPPORTED 16 spec.objectives: has 2 objectives'}
    ${'a field of objectives'}    | ${'      target: 0.999\n'}                  | ${'      target: 0.999\n      op: lt\n'}                                                      | ${'OPENSLO_UNSUPPORTED 18 spec.objectives.0.op: is not supported'}
    ${'a share of percent'}       | ${'target: 0.999'}                          | ${'target: 99.9'}                                                                             | ${'OPENSLO_UNSUPPORTED 16 spec.objectives.0: promises nothing between 0 and 1'}
    ${'never fires'}              | ${'target: 0.999'}                          | ${'target: 0.9'}                                                                              | ${/^SLO_NEVER_FIRES 16 .* can never fire/}
    ${'no environment'}           | ${'    drawbridge.dev/environment: prod\n'} | ${''}                                                                                         | ${'OPENSLO_UNSUPPORTED 6 metadata.annotations: does not say where it holds'}
    ${'an environment of nobody'} | ${'environment: prod'}                      | ${'environment: prd'}                                                                         | ${'OPENSLO_UNSUPPORTED 6 metadata.annotations.drawbridge.dev/environment: there is no environment prd'}
    ${'an unknown act'}           | ${'on-breach: revert'}                      | ${'on-breach: page'}                                                                          | ${'OPENSLO_UNSUPPORTED 7 metadata.annotations.drawbridge.dev/on-breach: is not known'}
    ${'a field of nobody'}        | ${'  service: checkout\n'}                  | ${'  service: checkout\n  burn: 2\n'}                                                         | ${'OPENSLO_UNSUPPORTED 11 spec.burn: is not supported'}
    ${'an SLI of nobody'}         | ${'indicatorRef: answers'}                  | ${'indicatorRef: nobody'}                                                                     | ${'OPENSLO_UNSUPPORTED 11 spec.indicatorRef: there is no SLI nobody'}
    ${'a policy of nobody'}       | ${'  budgetingMethod:'}                     | ${'  alertPolicies: [{ alertPolicyRef: x }]\n  budgetingMethod:'}                             | ${'OPENSLO_UNSUPPORTED 14 spec.alertPolicies.0: there is no AlertPolicy x'}
    ${'a policy with conditions'} | ${'  budgetingMethod:'}                     | ${'  alertPolicies: [{ kind: AlertPolicy, spec: { conditions: [{}] } }]\n  budgetingMethod:'} | ${/^OPENSLO_UNSUPPORTED 14 spec.alertPolicies.0: its conditions are not taken over/}
  `('names what it does not understand: $case', ({ from, to, problem }) => {
    const problems = said(checkout.replace(from, to), answers, ours)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
    expect(read(checkout.replace(from, to), answers, ours).slos).toEqual([])
  })

  it.each`
    case                     | from                    | to                       | problem
    ${'another source'}      | ${'type: Prometheus, '} | ${'type: Datadog, '}     | ${'good: is asked of Datadog'}
    ${'a query'}             | ${'sum(rate('}          | ${'sum(up) + sum(rate('} | ${'good: is not one counter with label matchers'}
    ${'no counter'}          | ${'counter: true'}      | ${'counter: false'}      | ${'is not a counter'}
    ${'a precomputed ratio'} | ${'good:'}              | ${'raw:'}                | ${'is not a ratio of bad or good to total events'}
  `('names what it does not understand of an indicator: $case', ({ from, to, problem }) => {
    expect(said(checkout, answers.replace(from, to), ours)).toEqual([
      expect.stringContaining(`OPENSLO_UNSUPPORTED 11 spec.indicatorRef: ${problem}`),
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

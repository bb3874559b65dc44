import type { Slo } from '../../domain/slo.ts'
import { type Keys, type OpenSloObject, type Refuse, refuseOthers, toRecord } from './open-slo-object.ts'
import { formatSelector, parseSelector } from './selector.ts'

/** The counters of an SLO: of its own indicator, or of the SLI that it names. */
export function readOpenIndicator(
  object: OpenSloObject,
  objects: readonly OpenSloObject[],
  refuse: Refuse,
): Pick<Slo, 'badEvents' | 'goodEvents' | 'totalEvents'> {
  const nothing = { totalEvents: '' }
  const { indicator, indicatorRef } = object.spec
  const referred = objects.find(({ kind, name }) => kind === 'SLI' && name === indicatorRef)
  const at: Keys = indicatorRef === undefined ? ['spec', 'indicator', 'spec'] : ['spec', 'indicatorRef']
  if (indicatorRef !== undefined && !referred) {
    refuse(at, `there is no SLI ${String(indicatorRef)}`, 'write it in one of the files that are read')
    return nothing
  }
  const spec = referred?.spec ?? toRecord(toRecord(indicator).spec)
  const ratio = toRecord(spec.ratioMetric)
  const [part, other] = (['bad', 'good'] as const).filter((key) => ratio[key] !== undefined)
  if (spec.thresholdMetric !== undefined || part === undefined || ratio.total === undefined) {
    refuse(
      at,
      'is not a ratio of bad or good to total events',
      'write ratioMetric with total, and good or bad',
    )
    return nothing
  }
  refuseOthers(spec, ['description', 'ratioMetric'], at, refuse)
  refuseOthers(ratio, ['counter', 'good', 'bad', 'total'], at, refuse)
  if (other !== undefined) refuse(at, 'counts good and bad events', 'keep one of them')
  if (ratio.counter !== true)
    refuse(at, 'is not a counter', 'write ratioMetric.counter: true, and count with counters')
  const selectorOf = (key: 'bad' | 'good' | 'total') => readSelector(ratio[key], key, objects, at, refuse)
  const events = { totalEvents: selectorOf('total') }
  return part === 'bad'
    ? { ...events, badEvents: selectorOf('bad') }
    : { ...events, goodEvents: selectorOf('good') }
}

function readSelector(
  written: unknown,
  key: string,
  objects: readonly OpenSloObject[],
  at: Keys,
  refuse: Refuse,
): string {
  const source = toRecord(toRecord(written).metricSource)
  const named = objects.find(({ kind, name }) => kind === 'DataSource' && name === source.metricSourceRef)
  const type = source.type ?? named?.spec.type
  // What is spelt prometheus elsewhere is Prometheus.
  if (typeof type !== 'string' || type.toLowerCase() !== 'prometheus') {
    const asked = typeof type === 'string' ? type : 'nobody'
    refuse(at, `${key}: is asked of ${asked}`, 'use a metricSource of type Prometheus')
    return ''
  }
  const spec = toRecord(source.spec)
  refuseOthers(toRecord(written), ['metricSource'], [...at, key], refuse)
  refuseOthers(source, ['type', 'metricSourceRef', 'spec'], [...at, key], refuse)
  refuseOthers(spec, ['query'], [...at, key], refuse)
  if (named?.spec.connectionDetails !== undefined) {
    const where = 'is asked of a server of its own'
    refuse(at, `${key}: ${where}`, 'remove connectionDetails: PROMETHEUS_URL is asked')
  }
  const selector = toSelector(spec.query)
  if (selector !== undefined) return selector
  refuse(at, `${key}: is not one counter with label matchers`, 'write query: http_requests_total{app="web"}')
  return ''
}

/** A counter by itself, or in `sum(…)`, with `rate(…[…])` or `increase(…[…])`: these are added here. */
function toSelector(query: unknown): string | undefined {
  let text = String(query).trim()
  for (const around of [/^sum\((.*)\)$/s, /^(?:rate|increase)\((.*)\)$/s, /^(.*)\[[0-9a-z{} .]+\]$/s])
    text = around.exec(text)?.[1]?.trim() ?? text
  const selector = parseSelector(text)
  return 'reason' in selector ? undefined : formatSelector(selector)
}

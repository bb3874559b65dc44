import type { Problem } from '../../domain/problem.ts'
import type { Slo } from '../../domain/slo.ts'
import { neverFiring } from './burn-rate-rules.ts'
import type { OpenSloObject } from './parse-open-slo.ts'
import { formatSelector, parseSelector } from './selector.ts'

/** What OpenSLO has no field for. */
const annotations = {
  environment: 'drawbridge.dev/environment',
  application: 'drawbridge.dev/application',
  onBreach: 'drawbridge.dev/on-breach',
  versionLabel: 'drawbridge.dev/version-label',
}

const windows = new Map([
  ['28d', 28],
  ['4w', 28],
  ['30d', 30],
] as const)

type Keys = (string | number)[]

/** What one OpenSLO asks; undefined with problems where it asks for what is not understood. */
export function readOpenSlo(
  object: OpenSloObject,
  objects: readonly OpenSloObject[],
  environments: readonly string[],
): { slo?: Slo; problems: Problem[] } {
  const { spec, name, metadata } = object
  const problems: Problem[] = []
  const refuse = (keys: Keys, message: string, fix: string) =>
    void problems.push(object.complain('OPENSLO_UNSUPPORTED', keys, message, fix))
  const notes = toRecord(metadata.annotations)
  const environment = notes[annotations.environment]
  if (typeof environment !== 'string') {
    refuse(['metadata', 'annotations'], 'does not say where it holds', `add ${annotations.environment}`)
  } else if (!environments.includes(environment)) {
    const at = ['metadata', 'annotations', annotations.environment]
    refuse(at, `there is no environment ${environment}`, `use one of ${environments.join(', ')}`)
  }
  const application = notes[annotations.application] ?? spec.service
  if (typeof application !== 'string') refuse(['spec', 'service'], 'is missing', 'name the application')
  const events = readIndicator(object, objects, refuse)
  const slo: Slo = {
    name,
    application: String(application),
    environment: String(environment),
    objective: readObjective(spec, refuse),
    windowDays: readWindow(spec, refuse),
    ...events,
    onBreach: readOnBreach(notes, refuse),
  }
  const label = notes[annotations.versionLabel]
  if (typeof label === 'string') slo.versionLabel = label
  refuseUnknown(spec, refuse)
  checkPolicies(object, objects, refuse)
  if (problems.length > 0) return { problems }
  const dead = neverFiring(slo.objective, slo.windowDays)
  const at = ['spec', 'objectives', 0]
  return { slo, problems: dead ? [object.complain('SLO_NEVER_FIRES', at, dead.sentence, dead.fix)] : [] }
}

type Refuse = (keys: Keys, message: string, fix: string) => void

function readObjective(spec: Record<string, unknown>, refuse: Refuse): number {
  const at = ['spec', 'objectives']
  const objectives: unknown[] = Array.isArray(spec.objectives) ? spec.objectives : []
  if (objectives.length !== 1) {
    refuse(at, `has ${objectives.length} objectives`, 'write one objective; one SLO for each')
    return 0.5
  }
  const objective = toRecord(objectives[0])
  for (const key of Object.keys(objective)) {
    if (!['displayName', 'target', 'targetPercent'].includes(key))
      refuse([...at, 0, key], 'is not supported', 'remove it; count good, bad and total events')
  }
  const { target, targetPercent } = objective
  const share = target ?? (typeof targetPercent === 'number' ? targetPercent / 100 : undefined)
  if (typeof share === 'number' && share > 0 && share < 1) return Number(share.toPrecision(12))
  refuse([...at, 0], 'promises nothing between 0 and 1', 'write target: 0.999 or targetPercent: 99.9')
  return 0.5
}

function readWindow(spec: Record<string, unknown>, refuse: Refuse): Slo['windowDays'] {
  const [first, ...more]: unknown[] = Array.isArray(spec.timeWindow) ? spec.timeWindow : []
  const window = toRecord(first)
  const days = [...windows].find(([duration]) => duration === window.duration)?.[1]
  const isRolling = window.isRolling === true && window.calendar === undefined && more.length === 0
  if (days !== undefined && isRolling) return days
  refuse(
    ['spec', 'timeWindow'],
    'is not one rolling window of 28 or 30 days',
    'write [{ duration: 28d, isRolling: true }]',
  )
  return 28
}

function readOnBreach(notes: Record<string, unknown>, refuse: Refuse): Slo['onBreach'] {
  const asked = notes[annotations.onBreach] ?? 'report'
  if (asked === 'revert' || asked === 'propose' || asked === 'report') return asked
  refuse(['metadata', 'annotations', annotations.onBreach], 'is not known', 'write revert, propose or report')
  return 'report'
}

function refuseUnknown(spec: Record<string, unknown>, refuse: Refuse): void {
  const known = [
    'description',
    'service',
    'indicator',
    'indicatorRef',
    'timeWindow',
    'budgetingMethod',
    'objectives',
    'alertPolicies',
  ]
  for (const key of Object.keys(spec).filter((field) => !known.includes(field)))
    refuse(['spec', key], 'is not supported', 'remove it')
  if (spec.budgetingMethod !== 'Occurrences')
    refuse(['spec', 'budgetingMethod'], 'is not Occurrences', 'write budgetingMethod: Occurrences')
}

/** The rules of alerting are ours; conditions that say otherwise are not taken over. */
function checkPolicies(object: OpenSloObject, objects: readonly OpenSloObject[], refuse: Refuse): void {
  const { alertPolicies } = object.spec
  if (!Array.isArray(alertPolicies)) return
  for (const [index, written] of alertPolicies.entries()) {
    const reference = toRecord(written).alertPolicyRef
    const policy = objects.find(({ kind, name }) => kind === 'AlertPolicy' && name === reference)
    const at = ['spec', 'alertPolicies', index]
    if (typeof reference === 'string' && !policy)
      refuse(at, `there is no AlertPolicy ${reference}`, 'write it, or remove this')
    const spec = policy?.spec ?? toRecord(toRecord(written).spec)
    if (Array.isArray(spec.conditions))
      refuse(
        at,
        'its conditions are not taken over: burn rates follow from the window',
        'remove the policy from this SLO',
      )
  }
}

function readIndicator(
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
  const [part] = (['bad', 'good'] as const).filter((key) => ratio[key] !== undefined)
  if (spec.thresholdMetric !== undefined || part === undefined || ratio.total === undefined) {
    refuse(
      at,
      'is not a ratio of bad or good to total events',
      'write ratioMetric with total, and good or bad',
    )
    return nothing
  }
  if (ratio.counter !== true)
    refuse(at, 'is not a counter', 'write ratioMetric.counter: true, and count with counters')
  const selectorOf = (key: 'bad' | 'good' | 'total') => {
    const source = sourceOf(ratio[key], objects)
    if (source.type !== 'Prometheus')
      refuse(
        [...at],
        `${key}: is asked of ${source.type ?? 'nobody'}`,
        'use a metricSource of type Prometheus',
      )
    const selector = toSelector(source.query)
    if (selector === undefined && source.type === 'Prometheus')
      refuse(
        [...at],
        `${key}: is not one counter with label matchers`,
        'write query: http_requests_total{app="web"}',
      )
    return selector ?? ''
  }
  const events = { totalEvents: selectorOf('total') }
  return part === 'bad'
    ? { ...events, badEvents: selectorOf('bad') }
    : { ...events, goodEvents: selectorOf('good') }
}

/** The type may come from the DataSource that is named. */
function sourceOf(written: unknown, objects: readonly OpenSloObject[]): { type?: string; query: unknown } {
  const source = toRecord(toRecord(written).metricSource)
  const named = objects.find(({ kind, name }) => kind === 'DataSource' && name === source.metricSourceRef)
  const type = source.type ?? named?.spec.type
  const { query } = toRecord(source.spec)
  // What is spelt prometheus elsewhere is Prometheus.
  return { type: typeof type === 'string' ? type.replace(/^prometheus$/, 'Prometheus') : undefined, query }
}

/** A counter by itself, or in `sum(…)`, with `rate(…[…])` or `increase(…[…])`: these are added here. */
function toSelector(query: unknown): string | undefined {
  let text = String(query).trim()
  for (const around of [/^sum\((.*)\)$/s, /^(?:rate|increase)\((.*)\)$/s, /^(.*)\[[0-9a-z{} .]+\]$/s])
    text = around.exec(text)?.[1]?.trim() ?? text
  const selector = parseSelector(text)
  return 'reason' in selector ? undefined : formatSelector(selector)
}

/** What is no mapping is an empty one. */
export function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

import type { Problem } from '../../domain/problem.ts'
import type { Slo } from '../../domain/slo.ts'
import { neverFiring, pagingRules } from './burn-rate-rules.ts'
import { type Keys, type OpenSloObject, type Refuse, refuseOthers, toRecord } from './open-slo-object.ts'
import { readAlertPolicies } from './read-alert-policies.ts'
import { readOpenIndicator } from './read-open-indicator.ts'

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
  // Where there is but one, nobody has to name it.
  const environment =
    notes[annotations.environment] ?? (environments.length === 1 ? environments[0] : undefined)
  if (typeof environment !== 'string') {
    refuse(['metadata', 'annotations'], 'does not say where it holds', `add ${annotations.environment}`)
  } else if (!environments.includes(environment)) {
    const at = ['metadata', 'annotations', annotations.environment]
    refuse(at, `there is no environment ${environment}`, `use one of ${environments.join(', ')}`)
  }
  const application = notes[annotations.application] ?? spec.service
  if (typeof application !== 'string') refuse(['spec', 'service'], 'is missing', 'name the application')
  const events = readOpenIndicator(object, objects, refuse)
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
  refuseSpec(spec, refuse)
  refuseNotes(notes, refuse)
  const burnRates = readAlertPolicies(object, objects, refuse)
  if (burnRates.length > 0) slo.burnRates = burnRates
  if (problems.length > 0) return { problems }
  const dead = neverFiring(slo.objective, pagingRules(slo))
  const at = ['spec', 'objectives', 0]
  return { slo, problems: dead ? [object.complain('SLO_NEVER_FIRES', at, dead.sentence, dead.fix)] : [] }
}

function readObjective(spec: Record<string, unknown>, refuse: Refuse): number {
  const at = ['spec', 'objectives']
  const objectives = Array.isArray(spec.objectives) ? spec.objectives.map(toRecord) : []
  for (const [index, each] of objectives.entries())
    refuseOthers(each, ['displayName', 'target', 'targetPercent'], [...at, index], refuse)
  const [objective] = objectives
  if (!objective || objectives.length > 1) {
    refuse(at, `has ${objectives.length} objectives`, 'write one objective; one SLO for each')
    return 0.5
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

function refuseSpec(spec: Record<string, unknown>, refuse: Refuse): void {
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
  refuseOthers(spec, known, ['spec'], refuse)
  if (spec.budgetingMethod !== 'Occurrences')
    refuse(['spec', 'budgetingMethod'], 'is not Occurrences', 'write budgetingMethod: Occurrences')
  if (spec.indicator !== undefined && spec.indicatorRef !== undefined)
    refuse(['spec', 'indicatorRef'], 'is written beside an indicator', 'keep one of them')
}

/** Annotations of others are none of our business. */
function refuseNotes(notes: Record<string, unknown>, refuse: Refuse): void {
  const ours = Object.entries(notes).filter(([key]) => key.startsWith('drawbridge.dev/'))
  refuseOthers(Object.fromEntries(ours), Object.values(annotations), ['metadata', 'annotations'], refuse)
}

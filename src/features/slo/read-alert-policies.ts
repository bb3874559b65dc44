import type { BurnRate } from '../../domain/slo.ts'
import { type Keys, type OpenSloObject, type Refuse, refuseOthers, toRecord } from './open-slo-object.ts'

/** A condition has one window; the second one, which ends an alert soon after the errors end, is our annotation. */
const shortWindow = 'drawbridge.dev/short-window'

/** Where no second window is named, it is a twelfth of the first. Source: Google SRE Workbook, chapter 5. */
const shortShare = 12

const unitSeconds: Record<string, number> = { m: 60, h: 3600, d: 86_400, w: 604_800 }

/** The longest window that is measured, and the shortest that holds some scrapes. */
const [longestSeconds, shortestSeconds] = [30 * 86_400, 60]

/**
 * What an SLO alerts on by its policies; none: the rules of its window. Whom they notify, and that they tell the end of an
 * alert, is for those who notify. What they say besides is named. Source: OpenSLO/OpenSLO, README.md, "AlertPolicy", "AlertCondition".
 */
export function readAlertPolicies(
  object: OpenSloObject,
  objects: readonly OpenSloObject[],
  refuse: Refuse,
): BurnRate[] {
  const { alertPolicies } = object.spec
  if (alertPolicies === undefined || alertPolicies === null) return []
  if (!Array.isArray(alertPolicies)) {
    refuse(['spec', 'alertPolicies'], 'is not a list', 'write [{ alertPolicyRef: name }]')
    return []
  }
  return alertPolicies.flatMap((written: unknown, index) => {
    const at = ['spec', 'alertPolicies', index]
    const policy = resolve(written, 'alertPolicyRef', 'AlertPolicy', objects)
    if (typeof policy === 'string') {
      refuse(at, policy, 'write it in one of the files that are read, or remove this')
      return []
    }
    return readPolicy(policy.spec, objects, at, refuse)
  })
}

interface Resolved {
  metadata: Record<string, unknown>
  spec: Record<string, unknown>
}

/** What is written in place, or the object that is named; a string where there is none. */
function resolve(
  written: unknown,
  reference: string,
  kind: string,
  objects: readonly OpenSloObject[],
): Resolved | string {
  const record = toRecord(written)
  const name = record[reference]
  if (name === undefined) return { metadata: toRecord(record.metadata), spec: toRecord(record.spec) }
  return (
    objects.find((object) => object.kind === kind && object.name === name) ??
    `there is no ${kind} ${String(name)}`
  )
}

function readPolicy(
  spec: Record<string, unknown>,
  objects: readonly OpenSloObject[],
  at: Keys,
  refuse: Refuse,
): BurnRate[] {
  const told = ['description', 'alertWhenBreaching', 'alertWhenResolved', 'notificationTargets']
  refuseOthers(spec, [...told, 'alertWhenNoData', 'conditions'], at, refuse)
  if (spec.alertWhenNoData === true)
    refuse(
      at,
      'alerts where there is no data',
      'remove alertWhenNoData: no data is neither health nor failure',
    )
  if (spec.alertWhenBreaching === false)
    refuse(at, 'does not alert on a breach', 'write alertWhenBreaching: true, or remove the policy')
  const conditions: unknown[] = Array.isArray(spec.conditions) ? spec.conditions : []
  if (conditions.length !== 1) {
    refuse(at, `has ${conditions.length} conditions`, 'write one condition; one policy for each')
    return []
  }
  const condition = resolve(conditions[0], 'conditionRef', 'AlertCondition', objects)
  if (typeof condition !== 'string') return readCondition(condition, at, refuse)
  refuse(at, condition, 'write it in one of the files that are read')
  return []
}

function readCondition({ metadata, spec }: Resolved, at: Keys, refuse: Refuse): BurnRate[] {
  const condition = toRecord(spec.condition)
  const known = ['kind', 'op', 'threshold', 'lookbackWindow', 'alertAfter']
  refuseOthers(spec, ['description', 'severity', 'condition'], at, refuse)
  refuseOthers(condition, known, at, refuse)
  const { kind = 'burnrate', op, threshold, alertAfter } = condition
  if (spec.severity !== 'page')
    refuse(
      at,
      `alerts with the severity ${String(spec.severity)}`,
      'only page may revert: write severity: page, or remove the policy',
    )
  if (kind !== 'burnrate') refuse(at, `asks for ${String(kind)}`, 'write kind: burnrate')
  // The specification's own example has lte, which fires while nothing burns.
  if (op !== 'gt' && op !== 'gte')
    refuse(at, `alerts while it burns less (op: ${String(op)})`, 'write op: gte')
  if (alertAfter !== undefined && seconds(alertAfter) !== 0)
    refuse(at, 'waits with alertAfter', `remove it; a second window, ${shortWindow}, does what it is for`)
  const longSeconds = seconds(condition.lookbackWindow)
  const asked = toRecord(metadata.annotations)[shortWindow]
  const shortSeconds = asked === undefined ? (longSeconds ?? 0) / shortShare : seconds(asked)
  const isMeasured = longSeconds !== undefined && longSeconds <= longestSeconds
  if (
    !isMeasured ||
    shortSeconds === undefined ||
    shortSeconds < shortestSeconds ||
    shortSeconds > longSeconds
  ) {
    const windows = `${String(condition.lookbackWindow)} and ${String(asked ?? 'a twelfth of it')}`
    refuse(
      at,
      `its windows are ${windows}`,
      'write a lookbackWindow of 12m to 30d, and a shorter one of 1m or more',
    )
    return []
  }
  if (typeof threshold === 'number' && threshold > 0)
    return [{ factor: threshold, longSeconds, shortSeconds }]
  refuse(at, 'its threshold is no burn rate', 'write threshold: 14.4')
  return []
}

/** Of `5m`, `1h`, `3d`, `1w`; undefined for anything else. */
function seconds(text: unknown): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(String(text)) ?? []
  return amount === undefined ? undefined : Number(amount) * (unitSeconds[unit] ?? 0)
}

import type { Instant } from '../../domain/refs.ts'
import type { DriftReport, ObjectDrift } from '../../domain/release.ts'
import { calmMs, fightingCount, healCount, lastDriftOf } from './heal-delay.ts'

/** One object that is, or was until it was healed just now, different from what was applied. */
export interface FoundDrift {
  /** `Deployment shop/checkout` */
  object: string
  fields: string[]
  /** Who owns them now. */
  manager?: string
  isHealed: boolean
  /** Healing is off: it stays as it is. */
  isReportOnly: boolean
}

/** Objects in one report; of the others the number is told. */
const mostObjects = 20

/**
 * The report of a target after a look, undefined where nothing was found. What is fought over comes first. Objects that were
 * healed lately stay in it, so that each keeps the count from which its delay follows.
 */
export function reportDrift(
  last: DriftReport | undefined,
  found: readonly FoundDrift[],
  now: Instant,
): DriftReport | undefined {
  if (found.length === 0) return undefined
  const present = found.map((one) => toObjectDrift(last, one, now))
  const names = new Set(found.map(({ object }) => object))
  const earlier = last
    ? [last, ...(last.others ?? [])].filter(({ object, at }) => !names.has(object) && now - at <= calmMs)
    : []
  const all = [...present, ...earlier.map(withoutOthers)].toSorted((a, b) => b.count - a.count || b.at - a.at)
  const [first, ...others] = all
  if (first === undefined) return undefined
  const told = others.slice(0, mostObjects - 1)
  const more = others.length - told.length
  return { ...first, ...(told.length > 0 && { others: told }), ...(more > 0 && { more }) }
}

/** While a heal is held back its report stays the one of the last heal, from which the delay counts. */
function toObjectDrift(last: DriftReport | undefined, found: FoundDrift, now: Instant): ObjectDrift {
  const { object, fields, manager, isHealed, isReportOnly } = found
  const before = lastDriftOf(last, object)
  if (!isHealed && before !== undefined && (isReportOnly || now - before.at <= calmMs))
    return withoutOthers({ ...before, healed: false, ...(isReportOnly && { isReportOnly }) })
  const count = healCount(last, object, now) + (isHealed ? 1 : 0)
  return {
    at: now,
    object,
    fields,
    ...(manager !== undefined && { manager }),
    healed: isHealed,
    count,
    ...(isReportOnly && { isReportOnly }),
  }
}

function withoutOthers(report: DriftReport): ObjectDrift {
  const { others: _, more: __, ...drift } = report
  return drift
}

/** Objects that were put back again and again, as of a look that put one of them back. */
export function fightsOf(report: DriftReport | undefined): ObjectDrift[] {
  if (report === undefined) return []
  return [report, ...(report.others ?? [])].map(withoutOthers).filter(({ count }) => count >= fightingCount)
}

import type { DriftReport, ObjectDrift, Release } from '../../domain/release.ts'

/** How often somebody's changes were seen, and put back, between two words on a target. */
export interface DriftCount {
  /** The other field manager; absent: nobody is known, as of what was deleted. */
  manager?: string
  seen: number
  healed: number
}

/**
 * What is new in the drift of a target. A drift that is held back or only reported was seen once however often it is
 * looked at; one that was put back several times between two reports of an agent counts as often.
 */
export function countDrift(before: Release | undefined, after: Release): DriftCount[] {
  const earlier = new Map(objectsOf(before?.drift).map((drift) => [drift.object, drift]))
  return objectsOf(after.drift).flatMap((drift) => {
    const count = countObject(earlier.get(drift.object), drift)
    if (count.seen === 0 && count.healed === 0) return []
    return [{ ...(drift.manager !== undefined && { manager: drift.manager }), ...count }]
  })
}

function objectsOf(report: DriftReport | undefined): ObjectDrift[] {
  return report === undefined ? [] : [report, ...(report.others ?? [])]
}

function countObject(before: ObjectDrift | undefined, after: ObjectDrift): { seen: number; healed: number } {
  const isAgain = before === undefined || before.at !== after.at
  const isNewHeal = after.healed && (isAgain || !before.healed)
  const healed = isNewHeal ? Math.max(1, after.count - (before?.count ?? 0)) : 0
  // The heal of what was seen before is no further sight of it.
  const known = before !== undefined && !before.healed ? 1 : 0
  const sights = after.healed ? healed : 1
  return { seen: Math.max(0, sights - known), healed }
}

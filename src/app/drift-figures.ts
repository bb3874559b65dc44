import type { Release } from '../domain/release.ts'
import { countDrift } from '../features/drift/count-drift.ts'
import type { Telemetry } from '../ports/telemetry.ts'

const labels = ['application', 'environment', 'cluster', 'manager'] as const
type Labels = Record<(typeof labels)[number], string>

/** Managers name themselves: what comes beyond so many pairs of a target and a manager is counted together. */
const mostSeries = 5_000
const others: Labels = {
  application: '(others)',
  environment: '(others)',
  cluster: '(others)',
  manager: '(others)',
}
const longestName = 100

/** Counts what changed objects of a target in its cluster, and what was put back, from each new word on the target. */
export function createDriftFigures(
  telemetry: Telemetry,
): (before: Release | undefined, after: Release) => void {
  const seen = telemetry.counter({
    name: 'drawbridge_drift_seen_total',
    help: 'Objects that were changed in the cluster, by target and by the manager that changed them.',
    labels,
  })
  const healed = telemetry.counter({
    name: 'drawbridge_drift_healed_total',
    help: 'Objects that were changed in the cluster and put back, by target and manager.',
    labels,
  })
  const known = new Set<string>()
  const bounded = (wanted: Labels): Labels => {
    const key = JSON.stringify(wanted)
    if (!known.has(key) && known.size >= mostSeries) return others
    known.add(key)
    return wanted
  }
  return (before, after) => {
    for (const { manager = '(unknown)', ...counts } of countDrift(before, after)) {
      const { application, environment, cluster } = after.target
      const series = bounded({ application, environment, cluster, manager: manager.slice(0, longestName) })
      seen(series, counts.seen)
      healed(series, counts.healed)
    }
  }
}

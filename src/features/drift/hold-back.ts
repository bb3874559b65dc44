import { formatObjectId } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import type { DriftReport } from '../../domain/release.ts'
import type { Change, SyncPlan } from '../sync/plan-sync.ts'
import { healAllowedAt } from './heal-delay.ts'

/**
 * The plan without what is not healed now: objects that somebody keeps changing back wait their time (`later` is the
 * soonest), and where drift is only reported nothing is healed at all. What a release changes is never held back.
 */
export function holdBack(
  plan: SyncPlan,
  last: DriftReport | undefined,
  isReportOnly: boolean,
  now: Instant,
): { due: SyncPlan; later: Instant | undefined } {
  const times: Instant[] = []
  const isDue = (change: Change) => {
    if (change.drift === undefined) return true
    if (isReportOnly) return false
    if (change.drift === 'verify') return true
    const allowedAt = healAllowedAt(last, formatObjectId(change.id), now)
    if (allowedAt <= now) return true
    times.push(allowedAt)
    return false
  }
  const layers = plan.layers.map((layer) => ({
    ...layer,
    changes: layer.changes.map((change): Change =>
      isDue(change) ? change : { ...change, kind: 'unchanged' },
    ),
  }))
  return { due: { ...plan, layers }, later: times.length > 0 ? Math.min(...times) : undefined }
}

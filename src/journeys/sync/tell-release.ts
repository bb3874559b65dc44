import type { AuditEntry } from '../../domain/audit.ts'
import { formatObjectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import type { DriftReport, ObjectDrift, Release } from '../../domain/release.ts'
import { driftedFields } from '../../features/drift/drifted-fields.ts'
import { type FoundDrift, fightsOf, reportDrift } from '../../features/drift/report-drift.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import type { Change, SyncPlan } from '../../features/sync/plan-sync.ts'
import type { Applied } from './reconcile-apply.ts'
import type { ReconcileFacts } from './reconcile-facts.ts'
import { deed } from './reconcile-release.ts'

/** What was different though no release changed it. What cannot be put back is a problem, and told as such. */
export function driftReport(
  facts: ReconcileFacts,
  plan: SyncPlan,
  applied: Applied,
  before: Release | undefined,
  now: Instant,
): DriftReport | undefined {
  const drifted = plan.layers
    .flatMap((layer) => layer.changes)
    .filter((change) => change.drift !== undefined && isRealDrift(facts, applied, change))
    .filter((change) => change.kind === 'unchanged' || applied.objects.has(objectKey(change.id)))
  const found = drifted.map((change): FoundDrift => {
    const key = objectKey(change.id)
    const live = facts.live.get(key)
    const fields =
      live?.whole === undefined ? { fields: [] } : driftedFields(change.object, live.whole, fieldManager)
    const isHealed = applied.objects.has(key)
    return {
      object: formatObjectId(change.id),
      ...fields,
      isHealed,
      isReportOnly: facts.rules.isReportOnly && !isHealed,
    }
  })
  return reportDrift(before?.drift, found, now)
}

/** A verification that wrote nothing was no drift. */
function isRealDrift(facts: ReconcileFacts, applied: Applied, change: Change): boolean {
  if (change.drift !== 'verify') return true
  const key = objectKey(change.id)
  const after = applied.objects.get(key)?.metadata.resourceVersion
  return after !== undefined && after !== facts.live.get(key)?.metadata.resourceVersion
}

/** The rows of the audit. */
export function describeDeeds(
  release: Pick<Release, 'target' | 'revision' | 'digest'>,
  plan: SyncPlan,
  applied: Applied,
  deleted: string[],
  isNewDigest: boolean,
  drift: DriftReport | undefined,
  now: Instant,
): AuditEntry[] {
  const names = (kind: Change['kind']) =>
    plan.layers
      .flatMap(({ changes }) => changes)
      .filter((change) => change.kind === kind && applied.objects.has(objectKey(change.id)))
      .map(({ id }) => formatObjectId(id))
  const deeds: AuditEntry[] = []
  if (isNewDigest && applied.objects.size > 0)
    deeds.push(
      deed('apply', release, 'attested', { created: names('created'), configured: names('configured') }),
    )
  deeds.push(...healDeeds(release, drift, now))
  if (deleted.length > 0) deeds.push(deed('prune', release, 'no longer in the release', { deleted }))
  return deeds
}

/** One row for what a look put back; a row of its own where somebody keeps changing it, and who. */
function healDeeds(
  release: Parameters<typeof deed>[1],
  drift: DriftReport | undefined,
  now: Instant,
): AuditEntry[] {
  const healed = [drift, ...(drift?.others ?? [])].filter(
    (one): one is ObjectDrift => one?.healed === true && one.at === now,
  )
  if (healed.length === 0) return []
  const names = healed.map(({ object }) => object).join(', ')
  const heal = deed('heal', release, `${names} was changed`, { drift })
  const fights = fightsOf(drift).filter(({ object }) => healed.some((one) => one.object === object))
  return [heal, ...fights.map((fight) => deed('contested', release, describeFight(fight), { drift: fight }))]
}

function describeFight({ object, manager, fields, count }: ObjectDrift): string {
  return `${manager ?? 'somebody'} keeps changing ${fields.join(', ') || 'fields'} of ${object}: put back ${count} times in a row`
}

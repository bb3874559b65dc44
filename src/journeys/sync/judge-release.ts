import { type Health, worstHealth } from '../../domain/health.ts'
import { type KubernetesObject, objectKey } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Cause, Release } from '../../domain/release.ts'
import { type Assessment, missing } from '../../features/health/assess-health.ts'
import { isCauseDue, standingCause } from '../../features/health/find-cause.ts'
import { judgeTarget } from '../../features/health/judge-target.ts'
import { healthOf } from '../../features/sync/observe.ts'
import type { SyncPlan } from '../../features/sync/plan-sync.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { gatherCause } from './gather-cause.ts'
import type { Applied } from './reconcile-apply.ts'
import type { ReconcileFacts } from './reconcile-facts.ts'
import type { Finding } from './reconcile-release.ts'

/** Phase and health, from what is live after the apply. */
export function judge(
  facts: ReconcileFacts,
  plan: SyncPlan,
  applied: Applied | undefined,
  before: Release | undefined,
  now: Instant,
): Finding {
  const parts = assessParts(facts, plan, applied, now).map(({ health }) => health)
  const notes = [
    ...plan.prune.kept.map(({ reason }) => `not deleted: ${reason}`),
    ...plan.prune.terminating.map(({ reason }) => reason),
    ...[...(facts.left?.values() ?? [])].filter((words) => words !== ''),
  ]
  const judgement = judgeTarget(
    { ...facts.rules, digest: facts.digest, parts, notes, ...(applied && { applied }) },
    before,
    now,
  )
  return { ...judgement, attestation: facts.attestation }
}

interface Part {
  object: KubernetesObject
  live: LiveObject | undefined
  health: Assessment
}

const finished: Health = { status: 'Healthy', reason: '' }

/** Of every object of the release. */
function assessParts(
  facts: ReconcileFacts,
  plan: SyncPlan,
  applied: Applied | undefined,
  now: Instant,
): Part[] {
  const changes = plan.layers.flatMap((layer) => layer.changes)
  return changes.map(({ id, object }) => {
    const live = liveObject(facts, applied, objectKey(id))
    if (live !== undefined) return { object, live, health: healthHere(facts, live, now) }
    const isFinished = facts.inventory.entries.get(objectKey(id))?.isFinished
    return { object, live, health: isFinished ? finished : missing(object) }
  })
}

/** By the cluster's clock; when it changes by time alone, by ours. */
function healthHere({ rules, clockOffset }: ReconcileFacts, live: LiveObject, now: Instant): Assessment {
  const health = healthOf(live, now + clockOffset, rules.health)
  return health.changesAt === undefined ? health : { ...health, changesAt: health.changesAt - clockOffset }
}

/** What pods and events say of the object that is most in the way, where a release is not healthy. */
export async function withCause(
  cluster: Cluster,
  facts: ReconcileFacts,
  plan: SyncPlan,
  applied: Applied | undefined,
  finding: Finding,
  before: Release | undefined,
  now: Instant,
): Promise<Finding> {
  const { phase } = finding
  const { digest } = facts
  if (!isCauseDue({ phase, digest }, before, now))
    return explain(finding, standingCause({ phase, digest }, before))
  const there = assessParts(facts, plan, applied, now).filter(({ live }) => live !== undefined)
  const { status } = worstHealth(there.map(({ health }) => health))
  const worst = there.find(({ health }) => health.status === status)
  if (worst?.live === undefined || status === 'Healthy' || status === 'Suspended') return finding
  const words = await gatherCause(cluster, worst.object, worst.live)
  return explain(finding, { at: now, words })
}

function explain(finding: Finding, cause: Cause | undefined): Finding {
  if (cause === undefined) return finding
  const reason = [finding.reason, cause.words].filter((part) => part !== '').join('; ')
  return { ...finding, reason, cause }
}

/** As the apply answered, or as the view has it. */
export function liveObject(
  facts: ReconcileFacts,
  applied: Applied | undefined,
  key: string,
): LiveObject | undefined {
  return applied?.objects.get(key) ?? facts.live.get(key)
}

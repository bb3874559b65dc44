import type { ConflictRule } from '../../domain/configuration.ts'
import { formatObjectId, type KubernetesObject, type ObjectId } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import { saysNothing } from '../../features/health/built-in-rules.ts'
import { planConflicts } from '../../features/sync/conflict-rules.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import { planRecreation } from '../../features/sync/plan-recreation.ts'
import type { Change } from '../../features/sync/plan-sync.ts'
import { stillOwned } from '../../features/sync/still-owned.ts'
import type { ApplyResult, Cluster } from '../../ports/cluster.ts'
import { adoptObject, findEarlier } from './adopt-object.ts'
import { leaveReplicas } from './leave-replicas.ts'
import { renewManagers } from './renew-managers.ts'

/** What became of one object. */
export type ObjectOutcome =
  | { kind: 'applied'; object: KubernetesObject; notes: string[] }
  /** It goes on by itself. */
  | { kind: 'waiting'; reason: string }
  | { kind: 'unknown-kind' }
  | { kind: 'refused'; reason: string }

export interface ApplyRules {
  conflicts?: readonly ConflictRule[]
  /** Somebody with the right consented to what the release deletes. */
  isDeletionConsented: boolean
}

type Refusal = Exclude<ApplyResult, { kind: 'applied' }>

/**
 * Applies one object: politely first. Whatever stands in the way is looked at only then: an earlier deployer hands over,
 * conflicts are settled by rule, and what cannot be changed is made anew where somebody consented to that.
 */
export async function applyObject(
  cluster: Cluster,
  change: Change,
  live: LiveObject | undefined,
  rules: ApplyRules,
): Promise<ObjectOutcome> {
  // Asked for only where others hold fields of it, too: they may keep what the release gives up.
  const before = change.isKnown && live?.isShared ? await cluster.get(change.id) : undefined
  const waits = change.isKnown && change.isScaled ? await leaveReplicas(cluster, change) : undefined
  if (waits !== undefined) return { kind: 'waiting', reason: waits }
  const { first, isRenewed } = await applyFirst(cluster, change)
  if (change.isKnown && !isRenewed) {
    const outcome = await settle(cluster, change, first, rules)
    return before === undefined ? outcome : withStillOwned(outcome, before)
  }
  const found = await findEarlier(cluster, change, first)
  if (found === undefined) return settle(cluster, change, first, rules)
  const adopted = await adoptObject(cluster, change, found)
  if (adopted.kind !== 'adopted') return adopted
  const again = await cluster.apply(change.object, { fieldManager, force: false })
  return withStillOwned(await settle(cluster, change, again, rules), adopted.object)
}

/** Politely, and in the version of today, whatever it was applied in before. */
async function applyFirst(
  cluster: Cluster,
  { id, object, versionBefore }: Change,
): Promise<{ first: ApplyResult; isRenewed: boolean }> {
  const renew = () => renewManagers(cluster, id, object.apiVersion)
  const isMetadataEnough = saysNothing(object)
  const apply = () => cluster.apply(object, { fieldManager, force: false, isMetadataEnough })
  const isRenewed = versionBefore !== undefined && (await renew())
  const first = await apply()
  if (first.kind !== 'gone-version' || !(await renew())) return { first, isRenewed }
  return { first: await apply(), isRenewed: true }
}

async function settle(
  cluster: Cluster,
  change: Change,
  result: ApplyResult,
  rules: ApplyRules,
): Promise<ObjectOutcome> {
  switch (result.kind) {
    case 'applied':
      return { kind: 'applied', object: result.object, notes: [] }
    case 'conflict':
      return settleConflicts(cluster, change, result.conflicts, rules)
    case 'invalid': {
      // Where something else is wrong, too, making it anew would only end in its being gone.
      const isFixedAlone = result.fields.every((field) => result.immutable.includes(field))
      return result.immutable.length > 0 && isFixedAlone
        ? makeAnew(cluster, change, result.immutable, rules)
        : refused(change.id, result)
    }
    case 'unknown-kind':
      return { kind: 'unknown-kind' }
    case 'denied':
    case 'gone-version':
      return refused(change.id, result)
  }
}

async function settleConflicts(
  cluster: Cluster,
  change: Change,
  conflicts: { manager: string; field: string }[],
  rules: ApplyRules,
): Promise<ObjectOutcome> {
  const plan = planConflicts(change.object, conflicts, change.isKnown, rules.conflicts)
  if (plan.open.length > 0) return refused(change.id, { kind: 'conflict', conflicts: plan.open })
  const result = await cluster.apply(plan.object, { fieldManager, force: plan.force })
  if (result.kind === 'conflict' && result.conflicts.length === 0)
    return { kind: 'waiting', reason: `${formatObjectId(change.id)} is being written by others` }
  if (result.kind === 'conflict') return refused(change.id, result)
  const outcome = await settle(cluster, { ...change, object: plan.object }, result, rules)
  return outcome.kind === 'applied' ? { ...outcome, notes: [...outcome.notes, ...plan.notes] } : outcome
}

/** The inventory holds the object already, so that an end between the two steps leaves only one that is not there yet. */
async function makeAnew(
  cluster: Cluster,
  change: Change,
  fields: string[],
  rules: ApplyRules,
): Promise<ObjectOutcome> {
  const { id, object } = change
  const name = formatObjectId(id)
  const live = await cluster.get(id)
  const uid = live?.metadata.uid
  if (live === undefined || uid === undefined)
    return { kind: 'waiting', reason: `${name} has just been deleted` }
  const plan = planRecreation(object, live, rules.isDeletionConsented)
  if (plan.kind === 'refuse')
    return { kind: 'refused', reason: `${name}: ${fields.join(', ')} cannot be changed; ${plan.fix}` }
  const rehearsal = await rehearse(cluster, object)
  if (rehearsal.kind !== 'applied')
    return {
      kind: 'refused',
      reason: `${name} is not made anew: the cluster would not take it (${rehearsal.kind})`,
    }
  const answer = await cluster.delete(id, uid, { propagation: plan.propagation })
  if (answer === 'denied')
    return { kind: 'refused', reason: `${name}: the API server does not let us delete it` }
  if ((await cluster.get(id))?.metadata.uid === uid)
    return { kind: 'waiting', reason: `${name} is being deleted, to be made anew` }
  const result = await cluster.apply(object, { fieldManager, force: false })
  if (result.kind === 'applied') return { kind: 'applied', object: result.object, notes: [] }
  return result.kind === 'unknown-kind' ? { kind: 'unknown-kind' } : refused(id, result)
}

/**
 * Whether the cluster would take the object if there were none: asked under another name, without writing. A Service's
 * address and ports are given out once, so that it cannot be asked beside itself.
 */
async function rehearse(cluster: Cluster, object: KubernetesObject): Promise<ApplyResult> {
  if (object.kind === 'Service') return { kind: 'applied', object }
  const metadata = { ...object.metadata, name: 'drawbridge-rehearsal' }
  return cluster.apply({ ...object, metadata }, { fieldManager, force: true, dryRun: true })
}

function withStillOwned(outcome: ObjectOutcome, before: KubernetesObject): ObjectOutcome {
  if (outcome.kind !== 'applied') return outcome
  const left = stillOwned(before, outcome.object, fieldManager)
  return { ...outcome, notes: [...outcome.notes, ...left] }
}

export function refused(
  id: ObjectId,
  refusal: Exclude<Refusal, { kind: 'unknown-kind' }>,
): ObjectOutcome & { kind: 'refused' } {
  const name = formatObjectId(id)
  if (refusal.kind !== 'conflict') return { kind: 'refused', reason: `${name}: ${wordsOf(id, refusal)}` }
  const [first] = refusal.conflicts
  const fields = refusal.conflicts.map(({ field }) => field).join(', ')
  return { kind: 'refused', reason: `${name}: ${first?.manager ?? 'another manager'} owns ${fields}` }
}

/** Admission and servers quote what they refuse: of a Secret only our own words are told. */
function wordsOf(id: ObjectId, refusal: Exclude<Refusal, { kind: 'unknown-kind' | 'conflict' }>): string {
  if (refusal.kind === 'gone-version')
    return 'its managedFields name an API version that is served no longer, and somebody else writes it at the same time'
  const { kind, reason } = refusal
  if (kind === 'invalid' || id.kind !== 'Secret') return reason
  return 'the API server or an admission webhook refuses it (its words are left out: they may quote the Secret)'
}

export function notServed(id: ObjectId): string {
  const group = id.group === '' ? '' : `${id.group}/`
  return `${formatObjectId(id)}: the cluster does not serve ${group}${id.version} ${id.kind}`
}

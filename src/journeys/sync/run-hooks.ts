import { formatObjectId, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { LiveObject } from '../../domain/live-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { type HookMoment, hookOf } from '../../features/sync/hook-of.ts'
import type { HookRun } from '../../features/sync/hook-run.ts'
import { type HookStep, type LiveHook, nextOfHook } from '../../features/sync/next-of-hook.ts'
import { healthOf } from '../../features/sync/observe.ts'
import { fieldManager } from '../../features/sync/ownership.ts'
import { hookGroups, type PlannedHook } from '../../features/sync/plan-hooks.ts'
import type { SyncFacts } from '../../features/sync/plan-sync.ts'
import type { ClusterView } from '../../ports/cluster-view.ts'
import type { Cluster } from '../../ports/cluster.ts'
import { notServed, refused } from './apply-object.ts'

export interface HookWork {
  cluster: Cluster
  view: ClusterView
  hooks: readonly PlannedHook[]
  /** Part of the inventory; changed as hooks go on. */
  run: HookRun
  live: ReadonlyMap<string, LiveObject>
  /** Writes the inventory: what is begun is known before it is. */
  record(): Promise<void>
  /** By the cluster's clock. */
  nowThere: Instant
}

export interface HooksOutcome {
  kind: 'done' | 'waiting' | 'failed'
  problems: string[]
  waiting: string[]
  writes: number
  /** An object goes when the end of its hook is recorded: look again soon. */
  isToBeTidied: boolean
}

/** Goes on with the hooks of one moment, group by group; never waits, never runs one twice. */
export async function runHooks(work: HookWork, moment: HookMoment, wave?: number): Promise<HooksOutcome> {
  const outcome: HooksOutcome = { kind: 'done', problems: [], waiting: [], writes: 0, isToBeTidied: false }
  if (work.run.end === 'settled') return outcome
  const hooks = work.hooks.filter(({ weight }) => wave === undefined || weight === wave)
  for (const group of hookGroups(hooks, moment)) {
    await runGroup(work, group, outcome)
    if (outcome.problems.length > 0) return { ...outcome, kind: 'failed' }
    if (outcome.waiting.length > 0) return { ...outcome, kind: 'waiting' }
  }
  return outcome
}

async function runGroup(work: HookWork, group: PlannedHook[], outcome: HooksOutcome): Promise<void> {
  const steps = group.map((hook) => {
    const live = work.live.get(objectKey(hook.id))
    return { hook, step: nextOfHook(hook, work.run, live && toLiveHook(live, work.nowThere)) }
  })
  const made = steps.filter(({ step }) => step.kind === 'make')
  for (const { hook } of made) work.run.hooks[hook.key] = { id: hook.id, state: 'begun' }
  if (made.length > 0) await work.record()
  await Promise.all(
    steps.map(({ hook, step }) =>
      step.kind === 'make' ? make(work, hook, step.deleteFirst, outcome) : note(work, hook, step, outcome),
    ),
  )
}

async function make(
  work: HookWork,
  hook: PlannedHook,
  deleteFirst: string | undefined,
  outcome: HooksOutcome,
): Promise<void> {
  const { cluster, run } = work
  if (deleteFirst !== undefined) {
    outcome.writes += 1
    await cluster.delete(hook.id, deleteFirst)
    if ((await cluster.get(hook.id))?.metadata.uid === deleteFirst)
      return void outcome.waiting.push(`${formatObjectId(hook.id)} of an earlier run is being deleted`)
  }
  outcome.writes += 1
  const result = await cluster.apply(hook.object, { fieldManager, force: true })
  if (result.kind === 'unknown-kind') return void outcome.problems.push(notServed(hook.id))
  if (result.kind !== 'applied') return void outcome.problems.push(refused(hook.id, result).reason)
  const live = work.view.note(result.object)
  note(work, hook, nextOfHook(hook, run, toLiveHook(live, work.nowThere)), outcome)
}

/** Takes down what became of a hook. */
function note({ run }: HookWork, hook: PlannedHook, step: HookStep, outcome: HooksOutcome): void {
  if (step.kind === 'make') return
  const isNews = run.hooks[hook.key]?.state !== step.record.state
  run.hooks[hook.key] = step.record
  if (step.kind === 'wait') return void outcome.waiting.push(step.reason)
  const { state, reason } = step.record
  const isFailed = state === 'failed'
  if (isFailed)
    outcome.problems.push(`the ${momentWords[hook.moment]} ${formatObjectId(hook.id)} failed: ${reason}`)
  outcome.isToBeTidied ||= isNews && hook.deletes.has(isFailed ? 'failed' : 'succeeded')
}

/** Deletes objects of hooks by their policy, once their end is recorded; gives the number of deletions. */
export async function tidyHooks({
  cluster,
  hooks,
  run,
  live,
  nowThere,
}: Omit<HookWork, 'record' | 'view'>): Promise<number> {
  const gone = hooks.flatMap((hook) => {
    const object = live.get(objectKey(hook.id))
    const step = nextOfHook(hook, run, object && toLiveHook(object, nowThere))
    return step.kind === 'ended' && step.deletes !== undefined ? [{ hook, uid: step.deletes }] : []
  })
  await Promise.all(gone.map(({ hook, uid }) => cluster.delete(hook.id, uid)))
  return gone.length
}

const momentWords: Record<HookMoment, string> = {
  before: 'hook before the release',
  during: 'hook of the release',
  after: 'hook after the release',
  failure: 'hook on failure',
}

function toLiveHook(object: LiveObject, now: Instant): LiveHook {
  const { uid = '', annotations = {}, deletionTimestamp } = object.metadata
  return {
    uid,
    annotations,
    isBeingDeleted: deletionTimestamp !== undefined,
    health: healthOf(object, now),
    hasEnded: object.hasEnded ?? false,
  }
}

/**
 * Whether something of a release that has hooks is there already, made by somebody else: then it is no install. Asked for
 * once, before there is an inventory: what does not carry our labels is in no view.
 */
export async function isAnythingThere(
  cluster: Cluster,
  { desired, live, isInventoryNew }: SyncFacts,
): Promise<boolean> {
  const ordinary = desired.filter((object) => hookOf(object) === undefined).map(objectId)
  const isOurs = ordinary.some((id) => live.has(objectKey(id)))
  if (!isInventoryNew || isOurs || ordinary.length === desired.length) return false
  const found = await Promise.all(ordinary.map((id) => cluster.get(id)))
  return found.some((object) => object !== undefined)
}

/** Ends what hooks of the release before this one have left: the newest release waits for none of them. */
export async function stopEarlierHooks(
  { cluster, run, hooks }: Pick<HookWork, 'cluster' | 'run' | 'hooks'>,
  earlier: HookRun | undefined,
): Promise<number> {
  if (earlier === undefined || earlier.id === run.id) return 0
  const kept = new Set(hooks.map(({ id }) => objectKey(id)))
  const left = Object.values(earlier.hooks).filter(
    ({ id, uid }) => uid !== undefined && ['Job', 'Pod'].includes(id.kind) && !kept.has(objectKey(id)),
  )
  await Promise.all(left.map(({ id, uid }) => cluster.delete(id, uid ?? '')))
  return left.length
}

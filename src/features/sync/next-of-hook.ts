import type { Health } from '../../domain/health.ts'
import { formatObjectId } from '../../domain/kubernetes-object.ts'
import { unreachable } from '../../domain/unreachable.ts'
import { type HookRecord, type HookRun, runAnnotation, runMark } from './hook-run.ts'
import type { PlannedHook } from './plan-hooks.ts'
import { protectedKinds } from './sync-layers.ts'

/** `yes` on the object of a failed hook: it is made once more. */
export const retryAnnotation = 'drawbridge.dev/retry'

/** What is live under a hook's name. */
export interface LiveHook {
  uid: string
  annotations: Record<string, string>
  isBeingDeleted: boolean
  health: Health
  /** A Job or Pod has come to its end, good or bad. */
  hasEnded: boolean
}

export type HookStep =
  /** Nothing of this run is live: record, delete what has this uid, then make it. */
  | { kind: 'make'; deleteFirst?: string }
  | { kind: 'wait'; record: HookRecord; reason: string }
  /** Ended; `deletes` is the uid of what goes now that its end is recorded. */
  | { kind: 'ended'; record: HookRecord; deletes?: string }

const kindsThatRun: ReadonlySet<string> = new Set(['Job', 'Pod'])

/**
 * What a hook needs next.
 *
 *     record     live                 next
 *     none       nothing, or other    make
 *     begun      nothing, no uid yet  make (the process ended between the record and the making)
 *     begun      nothing, or other    failed: somebody deleted it while it ran; it is not run twice
 *     begun      of this run          wait, or the end that it came to
 *     succeeded  of this run          delete where the policy says so
 *     failed     of this run          as above; made again where somebody asks for it on the object
 */
export function nextOfHook(hook: PlannedHook, run: HookRun, live: LiveHook | undefined): HookStep {
  const record = run.hooks[hook.key]
  const own = live?.annotations[runAnnotation] === runMark(run, hook.moment) ? live : undefined
  if (record === undefined) return own ? watch(hook, { id: hook.id, state: 'begun' }, own) : make(hook, live)
  switch (record.state) {
    case 'begun':
      if (own !== undefined) return watch(hook, record, own)
      if (record.uid === undefined) return make(hook, live)
      return failed(record, `${formatObjectId(hook.id)} was deleted before it ended`)
    case 'succeeded':
      return ended(record, own, hook.deletes.has('succeeded'))
    case 'failed':
      if (own !== undefined && own.annotations[retryAnnotation] === 'yes') return make(hook, own)
      return ended(record, own, hook.deletes.has('failed'))
    default:
      return unreachable(record.state)
  }
}

/** Whatever has no run of its own (configuration, accounts, claims) is applied over, not made anew. */
function make(hook: PlannedHook, live: LiveHook | undefined): HookStep {
  if (live === undefined || !kindsThatRun.has(hook.id.kind)) return { kind: 'make' }
  return { kind: 'make', deleteFirst: live.uid }
}

function watch(hook: PlannedHook, earlier: HookRecord, live: LiveHook): HookStep {
  const record = { ...earlier, uid: live.uid }
  const name = formatObjectId(hook.id)
  const { health, hasEnded } = live
  const isOver = hasEnded || !kindsThatRun.has(hook.id.kind)
  if (live.isBeingDeleted && !hasEnded) return failed(record, `${name} was deleted before it ended`)
  if (isOver && health.status === 'Degraded') return failed(record, health.reason)
  if (hasEnded || (isOver && health.status === 'Healthy'))
    return { kind: 'ended', record: { ...record, state: 'succeeded' } }
  return { kind: 'wait', record, reason: `${name} has not ended yet` }
}

function failed(record: HookRecord, reason: string): HookStep {
  return { kind: 'ended', record: { ...record, state: 'failed', reason } }
}

function ended(record: HookRecord, own: LiveHook | undefined, isDeleted: boolean): HookStep {
  const mayGo = isDeleted && own !== undefined && !own.isBeingDeleted && !protectedKinds.has(record.id.kind)
  return { kind: 'ended', record, ...(mayGo && { deletes: own.uid }) }
}

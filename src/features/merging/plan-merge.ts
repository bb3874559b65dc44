import type { MergeAnswer, MergeMethod, MergeRules, RefusedCode, NotYetCode } from '../../domain/merge.ts'
import type { Instant } from '../../domain/refs.ts'

/** What became of the newest try to merge one head, as the store remembers it. */
export type LastTry = MergeAnswer & {
  /** How often it was tried, this one included. */
  tries: number
  at: Instant
}

export type MergePlan =
  { kind: 'try'; method: MergeMethod | 'queue' } | { kind: 'wait'; until: Instant; trouble?: MergeTrouble }

/** What keeps it from being merged, for people. */
export interface MergeTrouble {
  code: RefusedCode | NotYetCode
  reason: string
  fix: string
}

const firstPauseMs = 15_000
const longestPauseMs = 5 * 60_000
/** So often a passing refusal is believed to pass. Other people's checks may take an hour. */
const mostTries: Record<NotYetCode, number> = {
  BASE_MOVED: 6,
  STILL_COMPUTING: 6,
  BUSY: 6,
  NOT_DONE: 6,
  CHECKS_PENDING: 20,
}
/** After a refusal nothing tells us that a person has acted. */
const afterRefusalMs = 3_600_000
const queueLookMs = 60_000

/** The methods that the repository allows, the one that the configuration names first. */
export function preferMethod(rules: MergeRules, method: MergeMethod | undefined): MergeRules {
  if (method === undefined || !rules.methods.includes(method)) return rules
  return { ...rules, methods: [method, ...rules.methods.filter((other) => other !== method)] }
}

/** Whether to try (again) to merge a head whose gates are open, and how; and what is said to people meanwhile. */
export function planMerge(last: LastTry | undefined, rules: MergeRules, now: Instant): MergePlan {
  if (rules.isQueued) return { kind: 'wait', until: now + queueLookMs }
  const trouble = troubleOf(last, now)
  const until = last === undefined ? now : last.at + pauseAfter(last, rules, trouble)
  if (until > now) return { kind: 'wait', until, ...(trouble && { trouble }) }
  const method = rules.hasQueue || isQueueDemanded(last) ? 'queue' : nextMethod(last, rules)
  return { kind: 'try', method }
}

/** GitHub may know of a queue, or of a forbidden method, only when it is asked to merge. */
function isQueueDemanded(last: LastTry | undefined): boolean {
  return last?.kind === 'refused' && last.code === 'QUEUE_REQUIRED'
}

/** The preferred one; the next one after each refusal of a method, round and round. */
function nextMethod(last: LastTry | undefined, { methods }: MergeRules): MergeMethod {
  const isOther = last?.kind === 'refused' && last.code === 'METHOD_NOT_ALLOWED'
  return methods[isOther ? last.tries % Math.max(1, methods.length) : 0] ?? 'squash'
}

function pauseAfter(last: LastTry, rules: MergeRules, trouble: MergeTrouble | undefined): number {
  if (last.kind === 'refused' && hasOtherWay(last, rules)) return 0
  if (trouble !== undefined) return afterRefusalMs
  if (last.kind === 'queued') return queueLookMs
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, last.tries - 1))
}

function hasOtherWay({ code, tries }: LastTry & { kind: 'refused' }, { methods }: MergeRules): boolean {
  return (
    (code === 'QUEUE_REQUIRED' && tries === 1) || (code === 'METHOD_NOT_ALLOWED' && tries < methods.length)
  )
}

function troubleOf(last: LastTry | undefined, now: Instant): MergeTrouble | undefined {
  if (last?.kind === 'refused') return { code: last.code, reason: last.reason, fix: fixes[last.code] }
  if (last?.kind === 'not-yet' && last.tries >= mostTries[last.code]) {
    const reason = `${last.reason} (tried ${last.tries} times)`
    return { code: last.code, reason, fix: 'look whether something else holds it up, or merge it by hand' }
  }
  // GitHub may need a moment before it says that it is in the queue.
  if (last?.kind === 'queued' && now - last.at >= queueLookMs)
    return { code: 'LEFT_QUEUE', reason: 'the merge queue has thrown it out', fix: fixes.LEFT_QUEUE }
  return undefined
}

const fixes: Record<RefusedCode, string> = {
  CONFLICTS: 'solve the conflicts, or close it and propose it again',
  CLOSED: 'open it again, or propose it again',
  DRAFT: 'mark it as ready for review',
  METHOD_NOT_ALLOWED: 'allow squash, merge or rebase on the repository, or merge it by hand',
  QUEUE_REQUIRED: 'add it to the merge queue by hand',
  LEFT_QUEUE: 'see why in the timeline of the queue; it is put into it again within the hour',
  CHECKS_FAILED: 'mend the check, or run it again',
  REVIEWS_MISSING: 'GitHub itself asks for a review here, beside the gates of Drawbridge: give it',
  BEHIND_BASE: 'update the branch from its base, or do not require that for this branch',
  RULE_VIOLATED:
    'look at the rules of the base branch; let this app bypass what it cannot fulfil, or merge it by hand',
  NOT_PERMITTED: 'let this app write to the base branch, or merge it by hand',
  REFUSED: 'merge it by hand: GitHub then says more',
}

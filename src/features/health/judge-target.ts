import { type Health, worstHealth } from '../../domain/health.ts'
import type { Instant, Sha } from '../../domain/refs.ts'
import type { Release, ReleasePhase } from '../../domain/release.ts'
import type { Assessment } from './assess-health.ts'
import { hideSecrets } from './hide-secrets.ts'

/** What an apply ran into, for people. */
export interface ApplyOutcome {
  problems: readonly string[]
  /** What has to happen first, by itself. */
  waiting: readonly string[]
}

export interface TargetFacts {
  digest: Sha
  /** Of every object of the release. */
  parts: readonly Assessment[]
  /** Absent: nothing was applied in this look. */
  applied?: ApplyOutcome
  /** For people, besides: what was not deleted, what is not healed. */
  notes: readonly string[]
  /** How long everything must be healthy before the release is. Default 3 s. */
  stableMs?: number
  /** What makes no progress for so long is a failure: waves wait no longer. Default 15 minutes. */
  deadlineMs?: number
}

export interface Judgement {
  phase: ReleasePhase
  health: Health
  reason: string
  /** Everything was applied. */
  isApplied?: boolean
  /** Since when everything has been healthy. */
  steadySince?: Instant
  /** When time alone makes another judgement of it. */
  changesAt?: Instant
}

const defaultStableMs = 3_000
const defaultDeadlineMs = 15 * 60_000

/** Reasons in one text; an application with hundreds of objects that wait names the first ones. */
const mostReasons = 5

/**
 * Phase and health of a target, from what is live after a look. A release that was seen unhealthy is healthy only after
 * everything has been healthy for a while; one whose time is over is degraded, and says by what.
 */
export function judgeTarget(facts: TargetFacts, before: Release | undefined, now: Instant): Judgement {
  const { applied } = facts
  const parts = facts.parts.map((part) => ({ ...part, reason: hideSecrets(part.reason) }))
  const worst = worstHealth(parts)
  const health = { status: worst.status, reason: reasonsOf(parts, worst.status) }
  if (applied && applied.problems.length > 0) {
    const reason = hideSecrets(applied.problems.join('; '))
    return { phase: 'degraded', health: { status: 'Degraded', reason }, reason }
  }
  if (applied && applied.waiting.length > 0)
    return { phase: 'applying', health, reason: hideSecrets([...new Set(applied.waiting)].join('; ')) }
  const same = before?.digest === facts.digest ? before : undefined
  const judgement = judgeHealth(facts, health, same, now)
  const times = [judgement, ...parts].flatMap(({ changesAt }) => changesAt ?? [])
  return { ...judgement, ...(times.length > 0 && { changesAt: Math.min(...times) }) }
}

function judgeHealth(
  { notes, stableMs = defaultStableMs, deadlineMs = defaultDeadlineMs }: TargetFacts,
  health: Health,
  before: Release | undefined,
  now: Instant,
): Judgement {
  const told = (...words: string[]) => [...words, ...new Set(notes)].filter((part) => part !== '').join('; ')
  const phase = phaseOf(health)
  if (phase === 'healthy') {
    const steadySince = before?.steadySince ?? now
    const isNews = before?.appliedAt !== undefined && ['progressing', 'degraded'].includes(before.phase)
    const stableAt = steadySince + stableMs
    if (!isNews || now >= stableAt)
      return { phase, health, reason: told(health.reason), isApplied: true, steadySince }
    const reason = `is healthy, and looked at for ${stableMs / 1000} s whether it stays so`
    return {
      phase: 'progressing',
      health,
      reason: told(reason),
      isApplied: true,
      steadySince,
      changesAt: stableAt,
    }
  }
  const isLate = before?.phase === 'progressing' && now - before.since >= deadlineMs
  const wasLate = before?.phase === 'degraded' && before.health.status !== 'Degraded'
  if (phase === 'progressing' && (isLate || wasLate))
    return { phase: 'degraded', health, reason: told(health.reason, 'makes no progress'), isApplied: true }
  const deadline = (before?.phase === 'progressing' ? before.since : now) + deadlineMs
  const changesAt = phase === 'progressing' ? { changesAt: deadline } : {}
  return { phase, health, reason: told(health.reason), isApplied: true, ...changesAt }
}

/** All that is as bad as the worst, each of which somebody has to look at. */
function reasonsOf(parts: readonly Health[], status: Health['status']): string {
  const reasons = [...new Set(parts.filter((part) => part.status === status).map(({ reason }) => reason))]
  const told = reasons.filter((reason) => reason !== '')
  const more = told.length - mostReasons
  return [...told.slice(0, mostReasons), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

function phaseOf(health: Health): ReleasePhase {
  switch (health.status) {
    case 'Healthy':
    case 'Suspended':
      return 'healthy'
    case 'Degraded':
      return 'degraded'
    default:
      return 'progressing'
  }
}

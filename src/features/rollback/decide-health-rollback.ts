import type { Environment } from '../../domain/configuration.ts'
import type { RevertProposal } from '../../domain/proposal.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import { type GuardFacts, refuseRollback, rollbackQuestions } from './guards.ts'

export interface HealthRollbackFacts extends GuardFacts {
  application: string
  environment: string
  onUnhealthy: NonNullable<Environment['onUnhealthy']>
  /** Degraded, and never healthy. */
  release: Pick<Release, 'target' | 'reason'>
}

export type HealthRollbackDecision =
  | { kind: 'nothing'; reason: string }
  | { kind: 'revert'; reason: string; merge: RevertProposal['merge']; questions: string[] }

/** What to do about a release that did not become healthy in time. The guards are those of every revert by rule. */
export function decideHealthRollback(facts: HealthRollbackFacts, now: Instant): HealthRollbackDecision {
  const { application, environment, onUnhealthy, release } = facts
  if (onUnhealthy === 'report') return { kind: 'nothing', reason: 'the environment asks for a report only' }
  const refusal = refuseRollback(facts, { application, environment }, now)
  if (refusal !== undefined) return { kind: 'nothing', reason: refusal }
  const questions = rollbackQuestions(facts, facts, now)
  return {
    kind: 'revert',
    reason: `${application} did not become healthy on ${release.target.cluster} in time: ${release.reason}`,
    merge: onUnhealthy === 'revert' && questions.length === 0 ? 'rule' : 'people',
    questions,
  }
}

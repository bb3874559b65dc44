import type { Instant, Revision } from '../../domain/refs.ts'
import type { RevertProposal } from '../../domain/proposal.ts'
import type { Slo, SloVerdict } from '../../domain/slo.ts'
import type { Attribution } from '../slo/attribute-breach.ts'
import type { SequentialVerdict } from '../slo/sequential-test.ts'
import { type GuardFacts, refuseRollback, rollbackLimits, rollbackQuestions } from './guards.ts'

/** From here on a suspicion is worth a draft, though not enough for a rule. */
const worthAsking = 0.5

export interface RollbackFacts extends GuardFacts {
  slo: Slo
  /** Of the release of the application that is watched. */
  revision: Revision
  appliedAt: Instant
  burnRate: SloVerdict
  /** Undefined: the counts since the apply are not known. */
  sequential: SequentialVerdict | undefined
  attribution: Attribution | undefined
  /** Other applications whose SLO breaches now. */
  alsoBreaching: string[]
}

export type RollbackDecision = {
  kind: 'revert' | 'report' | 'wait' | 'nothing'
  reason: string
  evidence: string[]
  /** A revert: who merges it. */
  merge?: RevertProposal['merge']
  /** A revert: what a person has to decide first; it is a draft while there is something. */
  questions?: string[]
}

/**
 * What to do about a release whose SLO is watched. `revert`: open the revert. `report`: breached, and a person must find
 * out why. `wait`: nothing can be said yet. Every guard ends in less than a revert, never in more.
 */
export function decideRollback(facts: RollbackFacts, now: Instant): RollbackDecision {
  const { burnRate, sequential, attribution } = facts
  const evidence = [sequential?.reason ?? '', burnRate.reason, ...(attribution?.evidence ?? [])].filter(
    Boolean,
  )
  const isBreached = sequential?.state === 'breached' || burnRate.state === 'breached'
  if (!isBreached) return { ...quiet(facts), evidence }
  const refusal = refuse(facts, now)
  if (refusal !== undefined) return { kind: 'report', reason: refusal, evidence }
  const questions = [...rollbackQuestions(facts, facts.slo, now), ...doubts(facts)]
  return {
    kind: 'revert',
    reason: `${facts.slo.application} burns its budget since this release`,
    evidence,
    merge: facts.slo.onBreach === 'revert' && questions.length === 0 ? 'rule' : 'people',
    questions,
  }
}

/** Why it is only reported, the first reason that holds; undefined: a revert is opened. */
function refuse(facts: RollbackFacts, now: Instant): string | undefined {
  const { slo, sequential, burnRate, appliedAt, alsoBreaching, attribution } = facts
  if (slo.onBreach === 'report') return 'this SLO asks for a report only'
  if (!sequential || burnRate.state === 'blind') return 'part of the metrics is missing'
  if (now - appliedAt > rollbackLimits.watchMs)
    return 'the release has been running for longer than it is watched'
  if (alsoBreaching.length >= rollbackLimits.globalIncident)
    return `this is wider than one release: ${alsoBreaching.join(', ')} breach too`
  if (attribution?.result !== 'attributed' && doubts(facts).length === 0)
    return 'it cannot be said that this release is the cause'
  return refuseRollback(facts, slo, now)
}

/** It is the likeliest cause, and not likely enough for a rule: a person decides among the suspects. */
function doubts({ attribution, slo, revision }: RollbackFacts): string[] {
  const [top, ...others] = attribution?.suspects ?? []
  const isTop = top?.application === slo.application && top.revision === revision
  if (!attribution || attribution.result === 'attributed' || !isTop || top.score < worthAsking) return []
  const rest = others.map(
    ({ application, revision: other, score }) => `${application} ${other.slice(0, 7)} (${percent(score)})`,
  )
  return [
    `This release is the likeliest cause, and only ${percent(top.score)} sure. ${rest.length > 0 ? `It may also be ${rest.join(', ')}.` : 'It may also be none of our releases.'} Merge if you think it is this one.`,
  ]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

function quiet({ burnRate, sequential }: RollbackFacts): Pick<RollbackDecision, 'kind' | 'reason'> {
  if (!sequential || burnRate.state === 'blind')
    return { kind: 'wait', reason: 'there are no metrics to judge by' }
  if (sequential.state === 'inconclusive') return { kind: 'wait', reason: sequential.reason }
  return { kind: 'nothing', reason: 'within its budget' }
}

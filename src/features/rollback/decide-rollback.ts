import type { Attestation } from '../../domain/release.ts'
import type { Instant } from '../../domain/refs.ts'
import type { RevertProposal } from '../../domain/proposal.ts'
import type { Slo, SloVerdict } from '../../domain/slo.ts'
import type { Attribution } from '../slo/attribute-breach.ts'
import type { SequentialVerdict } from '../slo/sequential-test.ts'

/** Limits on what is done without a person. */
export const rollbackLimits = {
  /** After the apply; later a breach is an ordinary alert. */
  watchMs: 60 * 60_000,
  /** Between two reverts of one application in one environment. */
  coolDownMs: 60 * 60_000,
  /** Of one repository within 24 hours. */
  perDay: 3,
  /** Other applications that breach at the same time: then it is no single release. */
  globalIncident: 3,
}

const day = 24 * 60 * 60_000

export interface RollbackFacts {
  slo: Slo
  /** The newest release of the application in the environment. */
  release: { kind: Attestation['kind']; appliedAt: Instant }
  burnRate: SloVerdict
  /** Undefined: the counts since the apply are not known. */
  sequential: SequentialVerdict | undefined
  attribution: Attribution | undefined
  /** Reverts that were opened by evidence in this repository. */
  earlierReverts: { application: string; environment: string; at: Instant }[]
  /** Other applications whose SLO breaches now. */
  alsoBreaching: string[]
  /** Changes that a revert would not undo, in words. */
  irreversible: string[]
  /** A person holds the application. */
  isHeld: boolean
  /** There is an earlier release that was approved and healthy. */
  hasGoodRelease: boolean
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
  const guard = guards.find(({ stops }) => stops(facts, now))
  if (guard) return { kind: 'report', reason: guard.reason(facts), evidence }
  const questions = facts.irreversible.map((what) => `Taking it back would not undo this: ${what}.`)
  return {
    kind: 'revert',
    reason: `${facts.slo.application} burns its budget since this release`,
    evidence,
    merge: facts.slo.onBreach === 'revert' && questions.length === 0 ? 'rule' : 'people',
    questions,
  }
}

function quiet({ burnRate, sequential }: RollbackFacts): Pick<RollbackDecision, 'kind' | 'reason'> {
  if (!sequential || burnRate.state === 'blind')
    return { kind: 'wait', reason: 'there are no metrics to judge by' }
  if (sequential.state === 'inconclusive') return { kind: 'wait', reason: sequential.reason }
  return { kind: 'nothing', reason: 'within its budget' }
}

interface Guard {
  stops(facts: RollbackFacts, now: Instant): boolean
  reason(facts: RollbackFacts): string
}

/** In the order in which they are told. */
const guards: Guard[] = [
  { stops: ({ slo }) => slo.onBreach === 'report', reason: () => 'this SLO asks for a report only' },
  {
    stops: ({ sequential, burnRate }) => !sequential || burnRate.state === 'blind',
    reason: () => 'part of the metrics is missing',
  },
  {
    stops: ({ release }) => release.kind === 'revert',
    reason: () => 'this release is a revert itself; a revert is never reverted by rule',
  },
  { stops: ({ isHeld }) => isHeld, reason: () => 'a person holds the application' },
  {
    stops: ({ release }, now) => now - release.appliedAt > rollbackLimits.watchMs,
    reason: () => 'the release has been running for longer than it is watched',
  },
  {
    stops: ({ alsoBreaching }) => alsoBreaching.length >= rollbackLimits.globalIncident,
    reason: ({ alsoBreaching }) => `this is wider than one release: ${alsoBreaching.join(', ')} breach too`,
  },
  {
    stops: ({ attribution }) => attribution?.result !== 'attributed',
    reason: () => 'it cannot be said that this release is the cause',
  },
  {
    stops: ({ hasGoodRelease }) => !hasGoodRelease,
    reason: () => 'there is no earlier release that was approved and healthy',
  },
  {
    stops: ({ slo, earlierReverts }, now) =>
      earlierReverts.some(
        ({ application, environment, at }) =>
          application === slo.application &&
          environment === slo.environment &&
          now - at < rollbackLimits.coolDownMs,
      ),
    reason: () => 'it was reverted by rule less than an hour ago',
  },
  {
    stops: ({ earlierReverts }, now) =>
      earlierReverts.filter(({ at }) => now - at < day).length >= rollbackLimits.perDay,
    reason: () => `there were ${rollbackLimits.perDay} reverts by rule within a day`,
  },
]

import type { Instant } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Slo, SloState } from '../../domain/slo.ts'
import type { RollbackDecision } from '../rollback/decide-rollback.ts'

/** A release as a replay names it. */
export interface NamedRelease {
  revision: string
  images: Record<string, string>
  pull?: { number: number; title: string; author: string }
}

/** What would have become of a release by one of its SLOs. */
export interface ReplayedRelease extends NamedRelease {
  slo: string
  application: string
  environment: string
  releasedAt: Instant
  /** `report`: breached, and not reverted. `unknown`: the metrics of that time say nothing. */
  outcome: 'revert' | 'report' | 'nothing' | 'unknown'
  /** When it was decided; absent: nothing was. */
  at?: Instant
  /** Why, or why not. */
  reason: string
  evidence: string[]
  /** Of a revert. */
  merge?: RollbackDecision['merge']
  questions?: string[]
  /** Of a revert: the release that it takes back, where that is an earlier one than this. */
  blamed?: NamedRelease
  /** How often each state was found. */
  looks: Partial<Record<SloState, number>>
}

/** One look at a watched release. */
export interface ReplayedLook {
  at: Instant
  state: SloState
  decision: RollbackDecision
  /** The release that the decision is about. */
  bad: Attestation
}

/** What the looks at one release come to: the revert that ends them, else the first report, else what was said last. */
export function replayedRelease(
  slo: Slo,
  release: Attestation,
  releasedAt: Instant,
  looks: readonly ReplayedLook[],
): ReplayedRelease {
  const counts: ReplayedRelease['looks'] = {}
  for (const { state } of looks) counts[state] = (counts[state] ?? 0) + 1
  const { name, application, environment } = slo
  const common = { slo: name, application, environment, releasedAt, ...named(release), looks: counts }
  const told =
    looks.find(({ decision }) => decision.kind === 'revert') ??
    looks.find(({ decision }) => decision.kind === 'report')
  if (told) {
    const { at, bad, decision } = told
    const { kind, reason, evidence, merge, questions = [] } = decision
    return {
      ...common,
      outcome: kind === 'revert' ? kind : 'report',
      at,
      reason,
      evidence,
      ...(merge && { merge }),
      ...(questions.length > 0 && { questions }),
      ...(bad.revision !== release.revision && { blamed: named(bad) }),
    }
  }
  const last = looks.at(-1)
  const isUnseen = (counts.blind ?? 0) * 2 >= looks.length
  const reason = last?.decision.reason ?? 'it was never looked at: another release followed at once'
  return {
    ...common,
    outcome: isUnseen ? 'unknown' : 'nothing',
    reason,
    evidence: last?.decision.evidence ?? [],
  }
}

function named({ revision, images, pull }: Attestation): NamedRelease {
  return {
    revision,
    images,
    ...(pull && { pull: { number: pull.number, title: pull.title, author: pull.author.login } }),
  }
}

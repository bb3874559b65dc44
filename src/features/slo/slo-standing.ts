import type { Instant } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Measurement, Slo, SloState } from '../../domain/slo.ts'
import { type Counts, type CountsAt, ratioOf } from './counts.ts'
import { errorBudget } from './error-budget.ts'
import type { Judgement } from './judge-release.ts'

/** How an SLO stands, for people who look at it. */
export interface SloStanding {
  slo: Slo
  state: SloState
  reason: string
  /** Share of the period's error budget that is left, below 0 when more than all is spent; undefined: not known. */
  budgetLeft?: number
  /** How many times as fast as it may the budget burns, shortest range first. */
  burns: { seconds: number; rate: number }[]
  release?: { revision: string; pull?: number; title?: string; author?: string; appliedAt: Instant }
  onset?: Instant
  /** Likeliest first. */
  suspects: { application: string; revision: string; score: number }[]
  /** Error ratio that is tolerated. */
  tolerated: number
  series: CountsAt[]
  stepMs: number
}

export interface StandingFacts {
  slo: Slo
  /** Events of the whole period. */
  period: Counts | undefined
  /** The release that is watched. */
  release?: { attestation: Attestation; appliedAt: Instant }
  judgement?: Judgement
  burnRate: ReadonlyMap<number, Measurement>
  series: CountsAt[]
  stepMs: number
  /** Why the metrics say nothing. */
  blind: string | undefined
}

/** What is shown of an SLO. Nothing is made up where nothing was measured. */
export function sloStanding(facts: StandingFacts): SloStanding {
  const { slo, period, release, judgement, burnRate, series, stepMs, blind } = facts
  const budget = errorBudget(slo)
  const pull = release?.attestation.pull
  return {
    slo,
    state: blind === undefined ? (judgement?.state ?? 'inconclusive') : 'blind',
    reason: blind ?? judgement?.reason ?? 'nothing of it was released yet',
    ...(period && period.total > 0 && { budgetLeft: 1 - ratioOf(period) / budget }),
    burns: [...burnRate].flatMap(([seconds, { bad, total }]) =>
      bad === undefined || total === undefined || total <= 0
        ? []
        : [{ seconds, rate: ratioOf({ bad, total }) / budget }],
    ),
    ...(release && {
      release: {
        revision: release.attestation.revision,
        appliedAt: release.appliedAt,
        ...(pull && { pull: pull.number, title: pull.title, author: pull.author.login }),
      },
    }),
    ...(judgement?.attribution?.onset !== undefined && { onset: judgement.attribution.onset }),
    suspects: judgement?.attribution?.suspects ?? [],
    tolerated: judgement?.sequential?.tolerated ?? budget,
    series,
    stepMs,
  }
}

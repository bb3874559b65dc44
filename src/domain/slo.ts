import type { Instant } from './refs.ts'

/** A service level objective on a ratio of bad events to all events. */
export interface Slo {
  name: string
  application: string
  environment: string
  /** Share of good events promised, 0 < objective < 1: 0.999. */
  objective: number
  /** Period of the error budget. */
  windowDays: 28 | 30
  /** PromQL counters with label matchers, without range and function: `http_requests_total{app="checkout",code=~"5.."}`. */
  badEvents?: string
  /** In place of the bad ones; all others are bad: `http_request_duration_seconds_bucket{app="checkout",le="0.3"}`. */
  goodEvents?: string
  totalEvents: string
  /** What alerts: any of them; absent: the rules of the SRE Workbook for `windowDays`. */
  burnRates?: BurnRate[]
  /** The label that tells versions apart while both run: `version`. */
  versionLabel?: string
  /** `propose`: the revert is opened, and people merge it. */
  onBreach: 'revert' | 'propose' | 'report'
  /** What happens when the budget of the whole period is spent; absent: nothing. */
  onBudgetSpent?: 'freeze' | 'report'
}

/** The budget burns more than `factor` times as fast as it may, in both ranges. */
export interface BurnRate {
  factor: number
  longSeconds: number
  shortSeconds: number
}

/** Counts over [`from`, `at`]. */
export interface Measurement {
  from: Instant
  at: Instant
  /** Undefined: no series, NaN or a warning: nothing can be concluded. */
  bad: number | undefined
  total: number | undefined
}

/**
 * `inconclusive`: too little traffic, or not yet enough. `blind`: the metrics cannot be asked, or not wholly. Neither is
 * health or failure. `not-attributable`: it is breached, and nothing says that a release is the cause.
 */
export type SloState = 'healthy' | 'breached' | 'inconclusive' | 'blind' | 'not-attributable'

/** How an SLO of an application stands where it may be promoted from. */
export interface SourceSlo extends Pick<SloVerdict, 'state' | 'reason'> {
  name: string
  application: string
  environment: string
}

export interface SloVerdict {
  state: SloState
  reason: string
  /** Bad events by all events since the apply; undefined where unknown. */
  errorRatio?: number
  /** Error ratio by error budget. */
  burnRate?: number
}

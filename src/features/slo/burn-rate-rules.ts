import type { BurnRate, Slo } from '../../domain/slo.ts'
import { errorBudget } from './error-budget.ts'

/** One row of a multi-window, multi-burn-rate alert. */
export interface BurnRateRule {
  /** Only `page` may revert; a `ticket` burns too slowly to be one release's doing. */
  severity: 'page' | 'ticket'
  /** Share of the period's budget that is spent in the long window when the rule fires. */
  budgetShare: number
  longSeconds: number
  /** A twelfth of the long one: ends the alert soon after the errors end. */
  shortSeconds: number
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Source: Google SRE Workbook, chapter 5, "multiwindow, multi-burn-rate alerts"; factors follow from share and period. */
export const burnRateRules: readonly BurnRateRule[] = [
  { severity: 'page', budgetShare: 0.02, longSeconds: hour, shortSeconds: 5 * minute },
  { severity: 'page', budgetShare: 0.05, longSeconds: 6 * hour, shortSeconds: 30 * minute },
  { severity: 'ticket', budgetShare: 0.1, longSeconds: day, shortSeconds: 2 * hour },
  { severity: 'ticket', budgetShare: 0.1, longSeconds: 3 * day, shortSeconds: 6 * hour },
]

/** How many times faster than allowed the budget burns when the rule fires: 14.4 for 2 % in an hour of 30 days. */
export function burnRateFactor({ budgetShare, longSeconds }: BurnRateRule, windowDays: number): number {
  return (budgetShare * windowDays * day) / longSeconds
}

/** What an SLO pages on, and may revert for: its own alerts, else the rules above that page. */
export function pagingRules({ burnRates, windowDays }: Pick<Slo, 'burnRates' | 'windowDays'>): BurnRate[] {
  const pages = burnRateRules.filter(({ severity }) => severity === 'page')
  return (
    burnRates ??
    pages.map((rule) => ({
      factor: burnRateFactor(rule, windowDays),
      longSeconds: rule.longSeconds,
      shortSeconds: rule.shortSeconds,
    }))
  )
}

/**
 * Why an objective, a share, is too low for one of the alerts: its threshold would be at or above every error ratio that
 * there can be, so it could never fire. Undefined: all of them could.
 */
export function neverFiring(
  objective: number,
  rules: readonly BurnRate[],
): { sentence: string; fix: string } | undefined {
  const budget = errorBudget({ objective })
  const factor = Math.max(...rules.map((rule) => rule.factor))
  if (factor * budget < 1) return undefined
  const least = Math.ceil((1 - 1 / factor) * 100_000) / 1_000
  const times = Number(factor.toPrecision(4))
  return {
    sentence: `the alert at ${times} times the error budget can never fire: that would be ${Math.round(factor * budget * 100)} % errors`,
    fix: `promise at least ${least} %`,
  }
}

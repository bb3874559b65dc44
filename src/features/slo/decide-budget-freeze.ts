import type { Slo } from '../../domain/slo.ts'
import type { Counts } from './counts.ts'
import { errorBudget } from './error-budget.ts'
import { minEvents } from './evaluate-slo.ts'

export type BudgetDecision = { kind: 'freeze' | 'lift'; reason: string } | { kind: 'stay' }

/** So much of the budget has to be back before a freeze ends, or it would come and go with every event. */
const backShare = 0.1

/**
 * What becomes of an application's freeze by its error budget: it comes when the whole budget of the window is spent, and
 * goes when a tenth of it is back. Without data, or with too little, everything stays as it is.
 * Source: Google SRE Workbook, appendix B, "Example Error Budget Policy".
 */
export function decideBudgetFreeze(slo: Slo, counts: Counts | undefined, isFrozen: boolean): BudgetDecision {
  if (counts === undefined || counts.total < minEvents) return { kind: 'stay' }
  const allowed = counts.total * errorBudget(slo)
  // Increases are extrapolated: what is a billionth off is at the edge.
  const share = Number((counts.bad / allowed).toPrecision(9))
  if (!isFrozen && share >= 1) return { kind: 'freeze', reason: sentence(slo, counts, allowed) }
  if (isFrozen && share <= 1 - backShare) {
    return { kind: 'lift', reason: `${Math.floor((1 - share) * 100)} % of the error budget is back` }
  }
  return { kind: 'stay' }
}

function sentence({ name, windowDays }: Slo, { bad, total }: Counts, allowed: number): string {
  const number = (value: number) => Math.round(value).toLocaleString('en-US')
  return `the error budget of ${name} is spent: ${number(bad)} bad of ${number(total)} events in ${windowDays} days, ${number(allowed)} allowed`
}

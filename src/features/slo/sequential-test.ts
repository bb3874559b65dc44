import type { SloState } from '../../domain/slo.ts'
import { type Counts, ratioOf } from './counts.ts'

/** Chance of ever calling a healthy release bad, however often it is looked at. */
const falseAlarms = 0.001
const minRequests = 50
const minErrors = 3
/** What a release is suspected of: ten times what is tolerated. */
const effect = 10

export interface SequentialVerdict {
  state: Exclude<SloState, 'blind'>
  reason: string
  /** Natural logarithm of how much likelier the counts are under the suspicion. */
  evidence: number
  /** From here on it is breached. */
  limit: number
  /** Error ratios of both hypotheses. */
  tolerated: number
  suspected: number
}

/**
 * Whether a release fails more than its budget and twice its past allow, judged on everything since it was applied.
 * The likelihood ratio is a supermartingale while the release is healthy, so looking every few seconds is legal:
 * it ever passes 1/α with probability at most α. Source: Ville's inequality; A. Wald, Sequential Analysis, 1947.
 */
export function sequentialTest(request: {
  budget: number
  before: Counts | undefined
  since: Counts
}): SequentialVerdict {
  const { budget, before, since } = request
  const tolerated = Math.min(Math.max(budget, 2 * (before ? ratioOf(before) : 0)), 0.9)
  const suspected = Math.min(effect * tolerated, (1 + tolerated) / 2)
  const evidence =
    since.bad * Math.log(suspected / tolerated) +
    Math.max(since.total - since.bad, 0) * Math.log((1 - suspected) / (1 - tolerated))
  const limit = Math.log(1 / falseAlarms)
  const common = { evidence, limit, tolerated, suspected }
  const counted = `${Math.round(since.bad)} of ${Math.round(since.total)} events failed since it was applied`
  if (since.total < minRequests || (since.bad > 0 && since.bad < minErrors)) {
    return { state: 'inconclusive', reason: `${counted}: too few to judge`, ...common }
  }
  return evidence >= limit && since.bad >= minErrors
    ? { state: 'breached', reason: `${counted}; at most ${percent(tolerated)} is tolerated`, ...common }
    : { state: 'healthy', reason: `${counted}; up to ${percent(tolerated)} is tolerated`, ...common }
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`
}

import type { SloState } from '../../domain/slo.ts'
import { type Counts, ratioOf } from './counts.ts'

/** Chance of ever calling a healthy release bad, however often it is looked at. */
const falseAlarms = 0.001
/** Fewer say nothing. */
export const minRequests = 50
const minErrors = 3

/**
 * What a release is suspected of: so many times what is tolerated, and how much each suspicion is believed beforehand. Ten
 * times is what is mostly meant; the least is found where much is tolerated, the most where nearly everything fails.
 */
const suspicions = [
  { effect: 3, belief: 0.25 },
  { effect: 10, belief: 0.5 },
  { effect: 50, belief: 0.25 },
]

export interface SequentialVerdict {
  state: Extract<SloState, 'healthy' | 'breached' | 'inconclusive'>
  reason: string
  /** Natural logarithm of how much likelier the counts are under the suspicions. */
  evidence: number
  /** From here on it is breached. */
  limit: number
  /** Error ratio. */
  tolerated: number
}

export interface SequentialRequest {
  budget: number
  before: Counts | undefined
  since: Counts
  /** How much more errors vary here than independent ones, see `estimateDispersion`; 1 where that is not known. */
  dispersion: number
}

/** The error ratio that a release may have: its budget, or twice what was usual before. */
export function toleratedRatio(budget: number, before: Counts | undefined): number {
  return Math.min(Math.max(budget, 2 * (before ? ratioOf(before) : 0)), 0.9)
}

/**
 * Whether a release fails more than its budget and twice its past allow, judged on everything since it was applied.
 * The likelihood ratio is a supermartingale while the release is healthy, so looking every few seconds is legal:
 * it ever passes 1/α with probability at most α. Errors that come in bursts are worth as much less as they vary more.
 * Source: Ville's inequality; A. Wald, Sequential Analysis, 1947; quasi-likelihood: R. Wedderburn, 1974.
 */
export function sequentialTest({ budget, before, since, dispersion }: SequentialRequest): SequentialVerdict {
  const tolerated = toleratedRatio(budget, before)
  const independent = meanOfSuspicions((effect) => evidenceOf(since, tolerated, effect))
  const evidence = independent / dispersion
  const limit = Math.log(1 / falseAlarms)
  const common = { evidence, limit, tolerated }
  const counted = `${Math.round(since.bad)} of ${Math.round(since.total)} events failed since it was applied`
  if (since.total < minRequests || (since.bad > 0 && since.bad < minErrors)) {
    return { state: 'inconclusive', reason: `${counted}: too few to judge`, ...common }
  }
  if (evidence >= limit)
    return { state: 'breached', reason: `${counted}; at most ${percent(tolerated)} is tolerated`, ...common }
  if (independent >= limit)
    return { state: 'inconclusive', reason: `${counted}, as bursts of errors here do`, ...common }
  return { state: 'healthy', reason: `${counted}; up to ${percent(tolerated)} is tolerated`, ...common }
}

/**
 * Of all suspicions the mean of how much likelier they are: a supermartingale, as each of them is.
 * Source: H. Robbins, Statistical methods related to the law of the iterated logarithm, 1970.
 */
export function meanOfSuspicions(evidence: (effect: number) => number): number {
  const each = suspicions.map(({ effect, belief }) => Math.log(belief) + evidence(effect))
  const best = Math.max(...each)
  return best + Math.log(each.reduce((sum, one) => sum + Math.exp(one - best), 0))
}

/**
 * The natural logarithm of how much likelier the counts are if `effect` times what is tolerated fails; below zero where they
 * speak against it.
 */
export function evidenceOf({ bad, total }: Counts, tolerated: number, effect: number): number {
  const suspected = suspectedRatio(tolerated, effect)
  return (
    bad * Math.log(suspected / tolerated) +
    Math.max(total - bad, 0) * Math.log((1 - suspected) / (1 - tolerated))
  )
}

export function suspectedRatio(tolerated: number, effect: number): number {
  return Math.min(effect * tolerated, (1 + tolerated) / 2)
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`
}

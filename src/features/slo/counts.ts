import type { Instant } from '../../domain/refs.ts'

/** Events within some span. Increases are extrapolated, so they need not be whole. */
export interface Counts {
  bad: number
  total: number
}

/** Events within one step of a series. */
export interface CountsAt {
  /** The step's beginning. */
  at: Instant
  counts: Counts
}

export function ratioOf({ bad, total }: Counts): number {
  return total > 0 ? Math.min(bad / total, 1) : 0
}

export function sumOf(all: readonly Counts[]): Counts {
  return all.reduce((sum, { bad, total }) => ({ bad: sum.bad + bad, total: sum.total + total }), {
    bad: 0,
    total: 0,
  })
}

/**
 * How surely `left` fails more often than `right`: the z score of two proportions. Above 3.09 one in a thousand would
 * look so by chance. Source: NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3.
 */
export function proportionScore(left: Counts, right: Counts): number {
  if (left.total === 0 || right.total === 0) return 0
  const pooled = (left.bad + right.bad) / (left.total + right.total)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / left.total + 1 / right.total))
  return error === 0 ? 0 : (ratioOf(left) - ratioOf(right)) / error
}

import type { Instant } from '../../domain/refs.ts'

/**
 * By how much, at least, a server's clock is ahead of ours (negative: behind), in milliseconds: from the `Date` of an answer,
 * which is cut to the second, and the moments between which it was written. 0: both may well be the same. Undefined: the
 * answer has no such header.
 */
export function clockSkew(
  date: string | string[] | undefined,
  asked: Instant,
  answered: Instant,
): number | undefined {
  const second = typeof date === 'string' ? Date.parse(date) : Number.NaN
  if (Number.isNaN(second)) return undefined
  const isAhead = second > answered
  const isBehind = second + 999 < asked
  if (isAhead) return second - answered
  return isBehind ? second + 999 - asked : 0
}

import { type Counts, ratioOf } from '../slo/counts.ts'

/** Of a normal distribution, for 95 % on both sides together. */
const z = 1.96

/**
 * Between which error ratios the true one lies, with 95 % confidence; it stays within 0 and 1 and is honest about few events.
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
 */
export function ratioInterval(counts: Counts): { low: number; high: number } {
  const { total } = counts
  if (total <= 0) return { low: 0, high: 1 }
  const ratio = ratioOf(counts)
  const middle = (ratio + z ** 2 / (2 * total)) / (1 + z ** 2 / total)
  const half =
    (z / (1 + z ** 2 / total)) * Math.sqrt((ratio * (1 - ratio)) / total + z ** 2 / (4 * total ** 2))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

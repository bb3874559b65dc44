import { type Counts, ratioOf, sumOf } from './counts.ts'

/** Fewer steps than this tell nothing about how errors come. */
const minSteps = 30

/** Bursts that are longer than one step are seen in sums of so many. */
const longStep = 5

/**
 * How much more the errors of a quiet time vary than independent ones would: 1 where they are independent, about the size
 * of a burst where they come in bursts. Pearson's statistic over its degrees of freedom, on single steps and on five at
 * a time, the larger of both. Source: McCullagh and Nelder, Generalized Linear Models, 4.5.2.
 */
export function estimateDispersion(steps: readonly Counts[]): number {
  const busy = steps.filter(({ total }) => total > 0)
  return Math.max(1, pearson(busy), pearson(inGroups(busy, longStep)))
}

function pearson(steps: readonly Counts[]): number {
  const ratio = ratioOf(sumOf(steps))
  if (steps.length < minSteps || ratio === 0 || ratio === 1) return 1
  const squares = steps.map(({ bad, total }) => (bad - total * ratio) ** 2 / (total * ratio * (1 - ratio)))
  return squares.reduce((sum, square) => sum + square, 0) / (steps.length - 1)
}

function inGroups(steps: readonly Counts[], size: number): Counts[] {
  return Array.from({ length: Math.floor(steps.length / size) }, (_, group) =>
    sumOf(steps.slice(group * size, (group + 1) * size)),
  )
}

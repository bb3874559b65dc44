import type { Instant } from '../../domain/refs.ts'
import { type CountsAt, ratioOf } from './counts.ts'

/** When errors may have begun. */
export interface Onset {
  /** Beginnings of steps, with how likely the errors began in each; relative to the likeliest, which has 1. */
  steps: { at: Instant; likelihood: number }[]
  /** How likely, by the same measure, everything is as it always was. */
  unchanged: number
}

/**
 * For each step of a series, how well "as usual until here, worse from here on" explains it: a change point whose new
 * ratio is the best fit. `usual` is the error ratio of a quiet time. The first step stands for every earlier beginning too.
 * Source: E. S. Page, Continuous inspection schemes, 1954; D. V. Hinkley, Inference about the change-point, 1970.
 */
export function dateOnset(series: readonly CountsAt[], usual: number, dispersion: number): Onset {
  const floor = Math.min(Math.max(usual, 1e-6), 0.9)
  const since = { bad: 0, total: 0 }
  const gains = series.toReversed().map(({ counts }) => {
    since.bad += counts.bad
    since.total += counts.total
    const worse = Math.min(Math.max(ratioOf(since), floor), 1 - 1e-6)
    const good = Math.max(since.total - since.bad, 0)
    return (since.bad * Math.log(worse / floor) + good * Math.log((1 - worse) / (1 - floor))) / dispersion
  })
  gains.reverse()
  const best = Math.max(0, ...gains)
  return {
    steps: series.map(({ at }, index) => ({ at, likelihood: Math.exp((gains[index] ?? 0) - best) })),
    unchanged: Math.exp(-best),
  }
}

/** The likeliest beginning; undefined where nothing was measured, or everything is as it always was. */
export function likeliestOnset({ steps, unchanged }: Onset): Instant | undefined {
  const likeliest = steps.reduce<Onset['steps'][number] | undefined>(
    (best, step) => (best && best.likelihood >= step.likelihood ? best : step),
    undefined,
  )
  return likeliest && likeliest.likelihood > unchanged ? likeliest.at : undefined
}

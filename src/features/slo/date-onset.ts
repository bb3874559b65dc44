import type { Instant } from '../../domain/refs.ts'
import { type Counts, type CountsAt, ratioOf } from './counts.ts'

/** When errors may have begun. */
export interface Onset {
  /** Beginnings of steps, with how likely the errors began in each; relative to the likeliest, which has 1. */
  steps: { at: Instant; likelihood: number }[]
  /** How likely, by the same measure, everything is as it always was. */
  unchanged: number
}

/**
 * For each step of a series, how well "as usual until here, worse from here on" explains it: a change point whose new
 * ratio is the best fit. `usual` is the error ratio of a quiet time, `past` steps of the same length: a step that is bad
 * speaks for a change no more than such steps are rare by themselves. The first step stands for every earlier beginning too.
 * Source: E. S. Page, Continuous inspection schemes, 1954; P. J. Huber, A robust version of the probability ratio test, 1965.
 */
export function dateOnset(series: readonly CountsAt[], usual: number, past: readonly Counts[]): Onset {
  const floor = Math.min(Math.max(usual, 1e-6), 0.9)
  const ratios = Float64Array.from(past.filter(({ total }) => total > 0).map(ratioOf)).toSorted()
  const since = { bad: 0, total: 0 }
  const gains = series.map(() => 0)
  for (let from = series.length - 1; from >= 0; from -= 1) {
    since.bad += series[from]!.counts.bad
    since.total += series[from]!.counts.total
    const worse = Math.min(Math.max(ratioOf(since), floor), 1 - 1e-6)
    const chance = chanceOf(ratios, worse)
    for (let index = from; index < series.length; index += 1)
      gains[from]! -= Math.log(Math.exp(-gainOf(series[index]!.counts, worse, floor)) + chance)
  }
  const best = Math.max(0, ...gains)
  return {
    steps: series.map(({ at }, index) => ({ at, likelihood: Math.exp((gains[index] ?? 0) - best) })),
    unchanged: Math.exp(-best),
  }
}

/** How often a step is nearly so bad by itself, by the ratios of the past, least first; half a time is always assumed. */
function chanceOf(ratios: Float64Array, worse: number): number {
  let low = 0
  let high = ratios.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ratios[middle]! < worse / 2) low = middle + 1
    else high = middle
  }
  return (ratios.length - low + 0.5) / (ratios.length + 1)
}

function gainOf({ bad, total }: Counts, worse: number, usual: number): number {
  return bad * Math.log(worse / usual) + Math.max(total - bad, 0) * Math.log((1 - worse) / (1 - usual))
}

/** The likeliest beginning; undefined where nothing was measured, or everything is as it always was. */
export function likeliestOnset({ steps, unchanged }: Onset): Instant | undefined {
  const likeliest = steps.reduce<Onset['steps'][number] | undefined>(
    (best, step) => (best && best.likelihood >= step.likelihood ? best : step),
    undefined,
  )
  return likeliest && likeliest.likelihood > unchanged ? likeliest.at : undefined
}

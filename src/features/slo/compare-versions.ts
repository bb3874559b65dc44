import type { Counts } from './counts.ts'
import { meanOfSuspicions } from './sequential-test.ts'

/** Events of one step: of the version that is suspected, and of those from before it at the same time. */
export interface Sides {
  own: Counts
  earlier: Counts
}

/** Of the bursts that no release makes: how many fall on the suspected version alone, as where its pods share a bad node. */
const lone = 0.05

/** Of bad releases: how many make the versions beside them fail alike, as where they break what these share. */
const alike = 0.02

/** Evidence beyond it, a likelihood ratio, changes nothing any more. */
const enough = 1e9

/**
 * For each step, how much likelier it is, if the errors began there, that the suspected version fails than that all do. In a
 * burst of a shared cause the errors of a step fall on versions as its requests do; those of a bad release fall on its own.
 * Given how many there are in a step, how bad that step is plays no part, nor does a step in which only one version serves.
 * Source: J. Przyborowski, H. Wilenski, Homogeneity of results in testing samples from Poisson series, 1940; the shares of
 * what is otherwise: P. J. Huber, A robust version of the probability ratio test, 1965.
 */
export function compareVersions(steps: readonly Sides[]): number[] {
  const weights: number[] = []
  const evidence = new Map<number, number>()
  for (const step of steps.toReversed()) {
    const mean = meanOfSuspicions((effect) => {
      const since = (evidence.get(effect) ?? 0) + evidenceOf(step, effect)
      evidence.set(effect, since)
      return since
    })
    const own = Math.min(Math.exp(mean), enough)
    weights.push((alike + (1 - alike) * own) / (1 - lone + lone * own))
  }
  return weights.toReversed()
}

/** The natural logarithm of how much likelier it is, if a request of its own fails `effect` times as often as one of theirs. */
function evidenceOf({ own, earlier }: Sides, effect: number): number {
  const total = own.total + earlier.total
  if (total === 0) return 0
  const share = own.total / total
  return own.bad * Math.log(effect) - (own.bad + earlier.bad) * Math.log(1 + (effect - 1) * share)
}

import type { SeenTick } from './live-service.ts'
import { burst, daily, type Habit, tickSeconds, usual } from './traffic.ts'

/** What nobody who watches a service can do better than, and only who knows everything beforehand does as well. */
export interface IdealObserver {
  see(tick: SeenTick): void
  /** The end of the tick in which it was sure; Infinity: never. */
  foundAt(): number
}

/** A way that a service is while nothing is wrong: its error ratio, how often a tick becomes so, how often it stays so. */
interface State {
  ratio: number
  begins: number
  stays: number
  /** Whose requests fail so, where it is not those of all versions. */
  only?: 'own' | 'earlier'
}

/** A healthy release may spend its whole budget. */
const budget = 0.001

/** Strengths of bursts that are told apart. */
const strengths = 5

/**
 * Knows by how much a bad release fails, how traffic and bursts come about, and sees every request at once; it weighs both
 * cases by a likelihood ratio (with a hidden Markov model of the bursts) that reaches 1/`falseAlarms` for a healthy release
 * with that chance at most. Source: A. Wald, J. Wolfowitz, Optimum character of the sequential probability ratio test, 1948.
 */
export function createIdealObserver(habit: Habit, fault: number, falseAlarms: number): IdealObserver {
  const states = statesOf(habit)
  const [good, bad] = [createFilter(states), createFilter(states)]
  let evidence = 0
  let foundAt = Infinity
  return {
    foundAt: () => foundAt,
    see(tick) {
      if (foundAt < Infinity) return
      const quiet = habit.errors === 'daily' ? daily(1, tick.second).errorRatio : states[0]!.ratio
      const usualIn = (state: State, side: 'own' | 'earlier') =>
        state === states[0] || (state.only ?? side) !== side ? quiet : state.ratio
      const healthy = (state: State) => Math.max(usualIn(state, 'own'), budget)
      const asBad = bad(tick, (state) =>
        likelihood(tick, usualIn(state, 'own') + fault, usualIn(state, 'earlier')),
      )
      const asGood = good(tick, (state) => likelihood(tick, healthy(state), usualIn(state, 'earlier')))
      evidence += asBad - asGood
      if (evidence >= Math.log(1 / falseAlarms)) foundAt = tick.endsAt
    },
  }
}

function statesOf({ errors, loneBursts = 0 }: Habit): State[] {
  const quiet = { ratio: errors === 'bursts' ? usual / 2 : usual, begins: 0, stays: 0 }
  if (errors === 'over-dispersed') {
    return [
      { ...quiet, ratio: 1e-6 },
      { ratio: usual * 50, begins: 1 / 50, stays: 1 / 50 },
    ]
  }
  if (errors !== 'bursts') return [quiet]
  const bursts = Array.from({ length: strengths }, (_, index) => ({
    ratio: burst.least + ((burst.most - burst.least) * (index + 0.5)) / strengths,
    begins: tickSeconds / burst.everySeconds / strengths,
    stays: Math.exp(-tickSeconds / burst.meanSeconds),
  }))
  const oftener = (share: number) => bursts.map((state) => ({ ...state, begins: state.begins * share }))
  if (loneBursts === 0) return [quiet, ...bursts]
  const lone = (['own', 'earlier'] as const).flatMap((only) =>
    oftener(loneBursts).map((state) => ({ ...state, only })),
  )
  return [quiet, ...oftener(1 - loneBursts), ...lone]
}

/** Follows how likely each state is; answers the logarithm of how likely each next tick was. */
function createFilter(states: readonly State[]): (tick: SeenTick, of: (state: State) => number) => number {
  let chances: number[] = states.map((_, index) => (index === 0 ? 1 : 0))
  return ({ own, earlier }, of) => {
    const all = own.total + earlier.total
    const shares = { own: all > 0 ? own.total / all : 1, earlier: all > 0 ? earlier.total / all : 0 }
    const isQuiet = chances.reduce(
      (sum, chance, index) => sum + (index === 0 ? chance : chance * (1 - states[index]!.stays)),
      0,
    )
    const begun = states
      .slice(1)
      .map(
        ({ begins, stays, only }, index) =>
          isQuiet * begins * (only ? shares[only] : 1) + chances[index + 1]! * stays,
      )
    const before = [1 - begun.reduce((sum, chance) => sum + chance, 0), ...begun]
    const logs = states.map(of)
    const best = Math.max(...logs)
    const weights = before.map((chance, index) => chance * Math.exp(logs[index]! - best))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    chances = weights.map((weight) => weight / sum)
    return best + Math.log(sum)
  }
}

/** The logarithm, but for what is the same in every case. */
function likelihood({ own, earlier }: SeenTick, ownRatio: number, earlierRatio: number): number {
  return logOf(own, ownRatio) + logOf(earlier, earlierRatio)
}

function logOf({ bad, total }: SeenTick['own'], ratio: number): number {
  const chance = Math.min(ratio, 1 - 1e-9)
  return bad * Math.log(chance) + (total - bad) * Math.log(1 - chance)
}

import type { Actor } from '../../src/domain/refs.ts'
import { anAccount } from './fake-github.ts'
import type { Dice, SimulatedWorld } from './simulated-world.ts'

/** Says what was done; undefined where there was nothing to do it to. */
export type Act = (world: SimulatedWorld, dice: Dice) => string | undefined

export const writers = ['ada', 'grace', 'radia', 'ken', 'margaret'] as const
export const everybody = [...writers, 'eve'] as const

export function pick<T>(list: readonly T[], dice: Dice): T | undefined {
  return list[dice(Math.max(1, list.length))]
}

export function someone(dice: Dice, among: readonly string[] = everybody): Actor {
  return anAccount(pick(among, dice) ?? 'ada')
}

export function openPullOf({ github }: SimulatedWorld, dice: Dice) {
  return pick(github.openPulls(), dice)
}

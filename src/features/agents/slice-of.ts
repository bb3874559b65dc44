import { createHash } from 'node:crypto'
import { type AgentPlace, isOnCluster, type Slice } from '../../domain/agent.ts'
import type { Target } from '../../domain/refs.ts'

/**
 * Which of so many slices an application is in, from 1: the one that weighs most for it (rendezvous hashing). When one
 * slice more is made, only what goes into the new one moves.
 * Source: Thaler and Ravishankar, "A name-based mapping scheme for rendezvous", 1996.
 */
export function sliceOf(application: string, of: number): number {
  let best = 1
  let heaviest = -1n
  for (let index = 1; index <= of; index += 1) {
    const weight = weightOf(application, index)
    if (weight > heaviest) [best, heaviest] = [index, weight]
  }
  return best
}

function weightOf(application: string, index: number): bigint {
  return createHash('sha256').update(`${index}/${application}`).digest().readBigUInt64BE()
}

/** Whether the agent of a place serves a target. */
export function isServedBy(place: AgentPlace, target: Target): boolean {
  return isOnCluster(place, target) && isInSlice(target.application, place.slice)
}

export function isInSlice(application: string, slice: Slice | undefined): boolean {
  return slice === undefined || sliceOf(application, slice.of) === slice.index
}

/** `3/8`: the third of eight; undefined where it is no slice. */
export function parseSlice(text: string): Slice | undefined {
  const [, index, of] = /^([1-9][0-9]{0,3})\/([1-9][0-9]{0,3})$/.exec(text) ?? []
  const slice = { index: Number(index), of: Number(of) }
  return slice.index <= slice.of && slice.of <= mostSlices ? slice : undefined
}

/** Each application is weighed for each slice. */
const mostSlices = 256

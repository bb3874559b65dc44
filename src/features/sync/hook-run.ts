import type { ObjectId } from '../../domain/kubernetes-object.ts'
import type { Sha } from '../../domain/refs.ts'
import type { HookMoment, Occasion } from './hook-of.ts'

/** Every object that a hook makes carries it: `<id of the run>.<moment>`. */
export const runAnnotation = 'drawbridge.dev/run'

/** What the hooks of one release have done on one target; kept in the inventory, and written before anything is begun. */
export interface HookRun {
  digest: Sha
  /** Tells this run from an earlier one of the same digest. */
  id: string
  occasion: Occasion
  /** By `hookKey`. */
  hooks: Record<string, HookRecord>
  /** `settled`: what runs was there before us, so that nothing is to be run for it. */
  end?: 'done' | 'settled'
}

export interface HookRecord {
  id: ObjectId
  /** Of the object that was made. Absent: the making was begun, and may or may not have been done. */
  uid?: string
  state: 'begun' | 'succeeded' | 'failed'
  /** Why it failed. */
  reason?: string
}

export function runMark(run: Pick<HookRun, 'id'>, moment: HookMoment): string {
  return `${run.id}.${moment}`
}

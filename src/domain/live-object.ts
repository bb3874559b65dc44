import type { Health } from './health.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** A live object, reduced to what decisions need: of its content nothing is kept, of its metadata no `managedFields`. */
export interface LiveObject extends KubernetesObject {
  /** Hash of our entry of `managedFields`; empty: we own nothing of it. */
  fields: string
  /** At the moment at which it was seen. */
  health: Health
  /** A Job that completed: its being cleaned up is no drift. */
  isFinished: boolean
  /** A Job or Pod that has come to its end, good or bad. */
  hasEnded?: true
  /** Others than us own fields of it, and would keep what we give up. */
  isShared?: true
  /** As the server sent it, where more is asked later: the health of a Pod depends on time, that of a custom kind on rules, and a drift is described. */
  whole?: KubernetesObject
}

import type { Target } from '../domain/refs.ts'

/** Whether the cluster behind a name is still the one that is meant. */
export interface ClusterGuard {
  /** Why nothing may be written; undefined: it is the one. Throws AdapterError where it does not answer. */
  refusal(): Promise<string | undefined>
  /** False in the first look at each target on a cluster that was accepted in place of another. */
  mayPrune(target: Target): boolean
}

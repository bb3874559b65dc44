import type { Attestation } from './release.ts'

/** What was attested of an application at one time, on every cluster of an environment that others are promoted from. */
export interface SourceState {
  application: string
  environment: string
  targets: (Pick<Attestation, 'revision' | 'digest'> & { cluster: string })[]
  /** It took back what was before it. */
  isRevert?: true
  /** Clusters of a wave to come do not have it yet. */
  isUnderWay?: true
  /** A person, or a revert, keeps its version out. */
  isPinned?: true
}

import type { LedgerChange } from '../domain/action.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { RepositoryRef, Sha, Target } from '../domain/refs.ts'
import type { Attestation, Controls, Rollout } from '../domain/release.ts'

/** The rendered ref of one environment: what may run where, signed. Its history is the deployment history. */
export interface Ledger {
  /** The newest commit, its signature verified. Undefined: the environment has no ref yet. */
  read(repository: RepositoryRef, environment: string): Promise<LedgerState | undefined>
  /** The objects of one target's tree. Refuses (throws) where the tree is not the attested digest. */
  objects(state: LedgerState, target: Target): Promise<KubernetesObject[]>
  /** One signed commit, pushed as compare-and-swap; `conflict`: somebody was faster, read again. */
  commit(
    repository: RepositoryRef,
    environment: string,
    expected: Sha | undefined,
    change: LedgerChange,
    message: string,
  ): Promise<{ kind: 'committed'; commit: Sha } | { kind: 'conflict' }>
  /** Past states, newest first, for `the last good revision`. */
  history(repository: RepositoryRef, environment: string, limit: number): Promise<LedgerState[]>
}

export interface LedgerState {
  repository: RepositoryRef
  environment: string
  commit: Sha
  /** `unsigned`, `bad-signature`: nothing of it may be applied. */
  trust: 'trusted' | 'unsigned' | 'bad-signature'
  attestations: Attestation[]
  rollouts: Rollout[]
  controls: Controls
  seen?: { branch: string; revision: Sha }
}

import type { LedgerChange } from '../domain/action.ts'
import type { HeldObject } from '../domain/held-object.ts'
import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { RepositoryRef, Sha, Target } from '../domain/refs.ts'
import type { ReconcileSettings } from '../domain/reconcile-settings.ts'
import type { Attestation, Controls, Rollout } from '../domain/release.ts'

/** The rendered ref of one environment: what may run where, signed. Its history is the deployment history. */
export interface Ledger {
  /** The newest commit, its signature verified. Undefined: the environment has no ref yet. */
  read(repository: RepositoryRef, environment: string): Promise<LedgerState | undefined>
  /** The objects of one target's tree. Refuses (throws) where the tree is not the attested digest. */
  objects(state: LedgerState, target: Target): Promise<KubernetesObject[]>
  /** Which targets have an object whose file has one of these names. */
  holders(state: LedgerState, files: ReadonlySet<string>): Promise<HeldObject[]>
  /** One signed commit, pushed as compare-and-swap; `conflict`: somebody was faster, read again. */
  commit(
    repository: RepositoryRef,
    environment: string,
    expected: Sha | undefined,
    change: LedgerChange,
    message: string,
  ): Promise<({ kind: 'committed' } & LedgerMark) | { kind: 'conflict' }>
  /** Past states, newest first, for `the last good revision`; those alone that released the application where one is named. */
  history(
    repository: RepositoryRef,
    environment: string,
    limit: number,
    application?: string,
  ): Promise<LedgerState[]>
}

/** How far a rendered ref had come. */
export interface LedgerMark {
  commit: Sha
  sequence: number
}

export interface LedgerState {
  repository: RepositoryRef
  environment: string
  commit: Sha
  /** Anything but `trusted`: nothing of it may be applied. `rewritten`: it is older than what was there before. */
  trust: 'trusted' | 'unsigned' | 'bad-signature' | 'rewritten'
  /** Signed, grows from each commit to the next, and never falls back: see docs/adr/0014. 0 where nothing is trusted. */
  sequence: number
  /** Signed by a key that is believed, though not the one that we sign with now. */
  isByFormerKey?: true
  /** Where it is `rewritten`: the newest commit that is known. */
  newest?: Sha
  attestations: Attestation[]
  rollouts: Rollout[]
  controls: Controls
  /** What the reconciler is told besides; absent: nothing. */
  settings?: ReconcileSettings
  seen?: { branch: string; revision: Sha }
}

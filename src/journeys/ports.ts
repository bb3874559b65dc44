import type { Actor, Instant, RepositoryRef, Target } from '../domain/refs.ts'
import type { Clock } from '../ports/clock.ts'
import type { GitRepository } from '../ports/git.ts'
import type { GitHub } from '../ports/github.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { OpenPgp } from '../ports/openpgp.ts'
import type { PolicyEvaluator } from '../ports/policy-evaluator.ts'
import type { Renderer } from '../ports/renderer.ts'
import type { ServedCluster } from '../ports/served-cluster.ts'
import type { Store } from '../ports/store.ts'
import type { Words } from '../ports/words.ts'

/** Everything a journey may use of the outside world; `main/` fills it once. */
export interface Ports {
  clock: Clock
  store: Store
  github: GitHub
  /** The mirror of a repository, opened once and kept. */
  repository(ref: RepositoryRef): Promise<GitRepository>
  /** The repository `.github` of the same owner, where this app is installed there. */
  organisation(ref: RepositoryRef): Promise<RepositoryRef | undefined>
  /** The branch that pull requests merge into and that is released from. */
  defaultBranch(ref: RepositoryRef): Promise<string>
  renderer: Renderer
  policies: PolicyEvaluator
  ledger: Ledger
  metrics: Metrics
  openPgp: OpenPgp
  /** The cluster of a target, where it is written to from here; undefined: an agent serves it. */
  serve(repository: RepositoryRef, target: Target): Promise<ServedCluster | undefined>
  words: Words
  log: Log
  self: Self
}

/** Who we are and where people find us. */
export interface Self {
  /** Our own account on GitHub: `drawbridge[bot]`. */
  actor: Actor
  /** Address of the dashboard, without a slash at the end. */
  url: string
  /** Key of the fingerprints that stand for secret values. */
  maskKey: string
  /** SSH signature (armoured) of a commit's payload. */
  sign(payload: string): string
  /** Whether a signature over a payload is one of ours. */
  verify(payload: string, signature: string): boolean
}

/** What came of one piece of work; becomes the journey's log line. */
export interface JourneyOutcome {
  /** In a few words, constant per case: `published`, `unchanged`, `merged`, `refused`. */
  outcome: string
  /** How many writes were made. */
  actions: number
  /** When to look again by itself. */
  next?: Instant
}

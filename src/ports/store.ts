import type { AgentPlace, AgentState } from '../domain/agent.ts'
import type { AuditEntry, AuditRow } from '../domain/audit.ts'
import type { Instant, PullRef, RepositoryRef, Sha, Target } from '../domain/refs.ts'
import type { Release } from '../domain/release.ts'
import type { Work } from '../domain/work.ts'

/** Inbox, queue, intents, history and caches. Everything but the inbox and the audit can be rebuilt from git, GitHub and the clusters. */
export interface Store {
  inbox: Inbox
  queue: Queue
  effects: Effects
  audit: Audit
  releases: Releases
  agents: Agents
  reviews: ReviewLedger
  cache: Cache
  /** Throws AdapterError where the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Webhook deliveries: durable before they are acknowledged. */
export interface Inbox {
  accept(delivery: Delivery): Promise<'stored' | 'duplicate'>
  /** Oldest first; leased for `leaseMs`, so that another worker takes over after a crash. */
  claim(now: Instant, leaseMs: number, limit: number): Promise<Delivery[]>
  done(id: string, outcome: string, now: Instant): Promise<void>
  /** Stays listed with its reason. */
  reject(id: string, reason: string, now: Instant): Promise<void>
  counts(): Promise<{ waiting: number; rejected: number }>
}

export interface Delivery {
  /** X-GitHub-Delivery. */
  id: string
  event: string
  /** The raw body. */
  body: string
  receivedAt: Instant
  /** Set by `claim`: 1 for the first try. */
  attempt?: number
}

export interface Queue {
  /** Makes `work` due at `due`. Waiting work keeps the earlier time; work that is running is run once more. */
  enqueue(work: Work, due: Instant): Promise<void>
  /** Leases the longest-due work whose key nobody holds. Epochs only grow: an older holder is fenced off. */
  claim(worker: string, now: Instant, leaseMs: number): Promise<Lease | undefined>
  renew(lease: Lease, now: Instant, leaseMs: number): Promise<boolean>
  /** Ends the work, or makes it due at `next`. False: the lease was lost; what this worker did is not recorded. */
  complete(lease: Lease, now: Instant, next?: Instant): Promise<boolean>
  /** Tries again at `retryAt`, or, without it, moves the work to the dead letters with its reason. */
  fail(lease: Lease, now: Instant, reason: string, retryAt?: Instant): Promise<boolean>
  /** Earliest due time of waiting work. */
  nextDue(): Promise<Instant | undefined>
  depth(
    now: Instant,
  ): Promise<{ due: number; waiting: number; running: number; dead: number; oldestDueMs: number }>
  /** Resolves when work may have become due, after `timeoutMs`, or when the signal aborts. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>
}

export interface Lease {
  work: Work
  key: string
  epoch: number
  /** 1 for the first try. */
  attempt: number
  /** How often in a row a lease on it ran out: whoever held it ended without a word. */
  lapses?: number
}

/** Intent → effect → outcome for every write to GitHub and git. */
export interface Effects {
  /** Records the intent; returns what is known of an earlier one with the same key. */
  intend(key: string, fingerprint: string, now: Instant): Promise<EarlierEffect>
  /** Records the outcome with one audit row in the same transaction. */
  settle(key: string, outcome: Record<string, unknown>, entry: AuditEntry, now: Instant): Promise<void>
  find(key: string): Promise<EarlierEffect>
}

export type EarlierEffect =
  | { state: 'none' }
  /** Intended, outcome unknown: the process ended in between. Look before repeating. */
  | { state: 'intended'; fingerprint: string; outcome?: Record<string, unknown> }
  | { state: 'settled'; fingerprint: string; outcome: Record<string, unknown> }

export interface Audit {
  append(entry: AuditEntry, now: Instant): Promise<void>
  list(filter: { subject?: string; limit: number }): Promise<AuditRow[]>
  /** Walks the chain; the first sequence whose hash is wrong, or undefined. */
  verify(): Promise<number | undefined>
}

/** The reconciler's newest word on each target. */
export interface Releases {
  put(repository: RepositoryRef, release: Release): Promise<void>
  get(repository: RepositoryRef, target: Target): Promise<Release | undefined>
  list(repository?: RepositoryRef): Promise<{ repository: RepositoryRef; release: Release }[]>
}

/** What was last heard of each agent. */
export interface Agents {
  put(repository: RepositoryRef, state: AgentState): Promise<void>
  get(repository: RepositoryRef, place: AgentPlace): Promise<AgentState | undefined>
  list(repository: RepositoryRef): Promise<AgentState[]>
}

/** What each review approved, recorded when its event came in: GitHub may re-bind a review to another head later. */
export interface ReviewLedger {
  record(
    pull: PullRef,
    review: { id: string; sha: Sha; digests: Record<string, Sha>; at: Instant },
  ): Promise<void>
  list(pull: PullRef): Promise<{ id: string; sha: Sha; digests: Record<string, Sha>; at: Instant }[]>
}

/** Content-keyed; may forget at any time. */
export interface Cache {
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, value: Uint8Array, now: Instant): Promise<void>
}

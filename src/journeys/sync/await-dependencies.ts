import type { TargetWord } from '../../domain/agent.ts'
import { type Instant, type RepositoryRef, type Target, targetKey } from '../../domain/refs.ts'
import type { Release, ReleasePhase } from '../../domain/release.ts'
import type { Work } from '../../domain/work.ts'
import { findAttestation } from '../../features/attestation/find-attestation.ts'
import { isNewlyHealthy } from '../../features/health/is-newly-healthy.ts'
import { unmetDependencies } from '../../features/sync/unmet-dependencies.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import type { Store } from '../../ports/store.ts'
import type { ReconcileFacts } from './reconcile-facts.ts'
import type { Finding } from './reconcile-release.ts'

export interface DependencyPorts {
  ledger: Ledger
  store: Pick<Store, 'releases'>
  /** Of agents: how a target of another place is. */
  elsewhere?: { wordOn(target: Target): TargetWord | undefined }
}

/**
 * The finding of a release that waits for others; undefined where it may be applied. What was begun is not stopped: a
 * dependency that fails meanwhile is reported as its own release.
 */
export async function awaitDependencies(
  ports: DependencyPorts,
  repository: RepositoryRef,
  facts: Pick<ReconcileFacts, 'attestation' | 'inventory' | 'digest'>,
  state: LedgerState,
  before: Release | undefined,
  now: Instant,
): Promise<Finding | undefined> {
  const { attestation, inventory, digest } = facts
  const { dependsOn = [] } = attestation
  const isBegun = before?.digest === digest && begunPhases.has(before.phase)
  if (dependsOn.length === 0 || inventory.digest === digest || isBegun) return undefined
  const states = await Promise.all(
    dependsOn.map(async (target) => {
      const isSame = target.environment === state.environment
      const other = isSame ? state : await ports.ledger.read(repository, target.environment)
      const attested = other?.trust === 'trusted' ? other.attestations : []
      return {
        target,
        attestation: findAttestation(attested, target),
        release: (await ports.store.releases.get(repository, target)) ?? ports.elsewhere?.wordOn(target),
      }
    }),
  )
  const unmet = unmetDependencies(states)
  if (unmet.length === 0) return undefined
  const since = before?.digest === digest && before.phase === 'pending' ? before.since : now
  const reason = `waits since ${new Date(since).toISOString().slice(0, 16)}Z for ${unmet.map((one) => one.reason).join('; ')}`
  const health = { status: 'Progressing' as const, reason }
  return { phase: 'pending', health, reason, attestation, waitsFor: unmet.map(({ target }) => target) }
}

const begunPhases: ReadonlySet<ReleasePhase> = new Set(['applying', 'progressing', 'healthy', 'degraded'])

/** Those who wait for a release that has just become healthy are looked at at once. */
export async function wakeWaiting(
  store: { releases: Pick<Store['releases'], 'list'>; queue: Pick<Store['queue'], 'enqueue'> },
  repository: RepositoryRef,
  before: Release | undefined,
  after: Release,
  now: Instant,
): Promise<void> {
  if (!isNewlyHealthy(before, after)) return
  const key = targetKey(after.target)
  for (const { release } of await store.releases.list(repository)) {
    if (!release.waitsFor?.some((target) => targetKey(target) === key)) continue
    const work: Work = { kind: 'reconcile-target', repository, target: release.target }
    await store.queue.enqueue(work, now)
  }
}

import type { AuditEntry } from '../../domain/audit.ts'
import type { Health } from '../../domain/health.ts'
import { type Instant, type RepositoryRef, type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation, Cause, DriftReport, Pause, Release, ReleasePhase } from '../../domain/release.ts'
import { sortKeys } from '../../domain/sort-keys.ts'
import { withPast } from '../../features/release/with-past.ts'
import type { Store } from '../../ports/store.ts'

export interface ReleaseStore {
  releases: Store['releases']
  audit: Pick<Store['audit'], 'append'>
}

/** What was found out, from which the release's next state follows. */
export interface Finding {
  phase: ReleasePhase
  health: Health
  reason: string
  attestation?: Attestation
  isApplied?: boolean
  drift?: DriftReport
  cause?: Cause
  pause?: Pause
  /** What has to become healthy first. */
  waitsFor?: Target[]
  /** Since when everything has been healthy. */
  steadySince?: Instant
  /** When time alone makes another finding of it. */
  changesAt?: Instant
}

/** The release as it is now: what it was, carried on where the digest is the same. */
export function nextRelease(
  target: Target,
  before: Release | undefined,
  finding: Finding,
  now: Instant,
): Release {
  const { phase, health, reason, attestation } = finding
  const revision = attestation?.revision ?? before?.revision ?? ''
  const digest = attestation?.digest ?? before?.digest ?? ''
  const isSame = before?.digest === digest && before.revision === revision
  const earlier = isSame ? before : undefined
  const pull = attestation?.pull?.number ?? earlier?.pull
  const appliedAt = finding.isApplied ? (earlier?.appliedAt ?? now) : earlier?.appliedAt
  const healthyAt = phase === 'healthy' ? (earlier?.healthyAt ?? now) : earlier?.healthyAt
  const drift = finding.drift ?? earlier?.drift
  return {
    target,
    revision,
    digest,
    ...(pull === undefined ? {} : { pull }),
    phase,
    health,
    since: earlier?.phase === phase ? earlier.since : now,
    ...(appliedAt === undefined ? {} : { appliedAt }),
    ...(healthyAt === undefined ? {} : { healthyAt }),
    ...(finding.steadySince === undefined ? {} : { steadySince: finding.steadySince }),
    reason,
    ...(finding.waitsFor === undefined ? {} : { waitsFor: finding.waitsFor }),
    ...(drift === undefined ? {} : { drift }),
    ...(finding.cause && { cause: finding.cause }),
    ...(finding.pause && { pause: finding.pause }),
  }
}

/** Stores the release and the audit rows of what was done; nothing where nothing is new. Gives the number of writes. */
export async function saveRelease(
  store: ReleaseStore,
  repository: RepositoryRef,
  before: Release | undefined,
  release: Release,
  deeds: AuditEntry[],
  now: Instant,
): Promise<number> {
  const entries = [...deeds, ...transition(before, release)]
  for (const entry of entries) await store.audit.append(entry, now)
  const after = withPast(before, release, now)
  const isSame = before !== undefined && isSaidTheSame(before, after)
  if (!isSame) await store.releases.put(repository, after)
  return entries.length + (isSame ? 0 : 1)
}

/** Whatever the order of fields, which is hardly ever another; absent ones left out. */
function isSaidTheSame(before: Release, after: Release): boolean {
  const [one, other] = [JSON.stringify(before), JSON.stringify(after)]
  if (one.length !== other.length) return false
  return one === other || JSON.stringify(sortKeys(before)) === JSON.stringify(sortKeys(after))
}

const phaseWords: Partial<Record<ReleasePhase, string>> = {
  refused: 'refuse',
  unreachable: 'unreachable',
  degraded: 'degraded',
  healthy: 'healthy',
}

/** A phase that people ask about later gets a row when it begins. */
function transition(before: Release | undefined, release: Release): AuditEntry[] {
  const what = phaseWords[release.phase]
  const isNew = before?.phase !== release.phase || before.digest !== release.digest
  return what === undefined || !isNew ? [] : [deed(what, release, release.reason, {})]
}

export function deed(
  what: string,
  release: Pick<Release, 'target' | 'revision' | 'digest'>,
  reason: string,
  data: Record<string, unknown>,
): AuditEntry {
  const { target, revision, digest } = release
  return {
    what,
    subject: targetKey(target),
    actor: 'drawbridge',
    reason,
    data: { revision, digest, ...data },
  }
}

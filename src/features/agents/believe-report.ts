import type { AgentPlace, Report } from '../../domain/agent.ts'
import { type Instant, targetKey } from '../../domain/refs.ts'
import type { Attestation, Release } from '../../domain/release.ts'
import { isServedBy } from './slice-of.ts'

/**
 * What an agent's word is worth: it counts for targets of its own place that are attested now, and nowhere else. Which pull
 * request a release is of, the attestation says; nothing was applied or healthy before it was attested, or is in the future.
 */
export function believeReport(
  place: AgentPlace,
  { releases }: Pick<Report, 'releases'>,
  attestations: readonly Attestation[],
  now: Instant,
): Release[] {
  const attested = new Map(attestations.map((one) => [targetKey(one.target), one]))
  return releases.flatMap((release) => {
    const attestation = attested.get(targetKey(release.target))
    return attestation && isServedBy(place, release.target) ? [bound(release, attestation, now)] : []
  })
}

function bound(release: Release, attestation: Attestation, now: Instant): Release {
  const isCurrent = release.digest === attestation.digest
  const within = (at: Instant) => Math.min(now, Math.max(at, isCurrent ? attestation.at : 0))
  const { appliedAt, healthyAt, since, pull: _, ...rest } = release
  return {
    ...rest,
    ...(isCurrent && attestation.pull && { pull: attestation.pull.number }),
    since: within(since),
    ...(appliedAt !== undefined && { appliedAt: within(appliedAt) }),
    ...(healthyAt !== undefined && { healthyAt: within(healthyAt) }),
  }
}

import type { RepositoryRef } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { goodReleases } from '../../features/rollback/good-releases.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import type { HealthMemory } from './health-memory.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** How far back the last good release is looked for. */
const historyDepth = 50

/** Older ones than so many are nobody's last good release, healthy or not. */
const mostCandidates = 10

export interface GoodRelease {
  /** Of the rendered ref, when it held the release. */
  state: LedgerState
  attestation: Attestation
  /** It was seen healthy where it ran. False also where nobody knows any more. */
  wasHealthy: boolean
}

/**
 * The release that a target goes back to: one that renders differently, was never taken back and is not pinned.
 *
 * | of those, newest first        | it goes back to          |
 * | none                          | nothing                  |
 * | some were seen healthy        | the newest that was      |
 * | none was, or nobody knows     | the newest, and says so  |
 */
export async function lastGood(
  ports: { ledger: Pick<Ledger, 'history'> } & HealthMemory,
  repository: RepositoryRef,
  bad: Attestation,
): Promise<GoodRelease | undefined> {
  const states = await trustedHistory(ports, repository, bad.target.environment, historyDepth)
  const candidates = goodReleases(states, bad)
  for (const good of candidates.slice(0, mostCandidates)) {
    if (await ports.wasHealthy(good.attestation)) return { ...good, wasHealthy: true }
  }
  const [newest] = candidates
  return newest && { ...newest, wasHealthy: false }
}

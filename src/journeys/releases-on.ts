import { type RepositoryRef, type Target, targetKey } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
import type { Ledger, LedgerState } from '../ports/ledger.ts'
import { trustedHistory } from './trusted-history.ts'

/** How far back it is looked what ran somewhere. */
export const historyDepth = 50

/** What a target ran, newest first, by the trusted states of its environment; a release that stood longer is there more often. */
export async function releasesOn(
  ports: { ledger: Pick<Ledger, 'history'> },
  repository: RepositoryRef,
  target: Target,
): Promise<{ state: LedgerState; attestation: Attestation }[]> {
  const states = await trustedHistory(ports, repository, target.environment, historyDepth)
  return states.flatMap((state) =>
    state.attestations
      .filter((each) => targetKey(each.target) === targetKey(target))
      .map((attestation) => ({ state, attestation })),
  )
}

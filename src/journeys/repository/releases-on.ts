import { type RepositoryRef, type Target, targetKey } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import { trustedHistory } from './trusted-history.ts'

/** As many releases of an application as are looked back at. */
export const historyDepth = 100

/** What a target ran, newest first, by the trusted states of its environment that released the application, on any cluster. */
export async function releasesOn(
  ports: { ledger: Pick<Ledger, 'history'> },
  repository: RepositoryRef,
  target: Target,
): Promise<{ state: LedgerState; attestation: Attestation }[]> {
  const { application, environment } = target
  const states = await trustedHistory(ports, repository, environment, historyDepth, application)
  return states.flatMap((state) =>
    state.attestations
      .filter((each) => targetKey(each.target) === targetKey(target))
      .map((attestation) => ({ state, attestation })),
  )
}

import type { RepositoryRef } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
import { goodReleases } from '../features/rollback/good-releases.ts'
import type { Ledger, LedgerState } from '../ports/ledger.ts'
import { trustedHistory } from './trusted-history.ts'

/** How far back the last good release is looked for. */
const historyDepth = 50

/** The newest earlier release of the target that renders differently and was never taken back, with the state of the rendered ref that held it. */
export async function lastGood(
  ports: { ledger: Pick<Ledger, 'history'> },
  repository: RepositoryRef,
  bad: Attestation,
): Promise<{ state: LedgerState; attestation: Attestation } | undefined> {
  return goodReleases(await trustedHistory(ports, repository, bad.target.environment, historyDepth), bad)[0]
}

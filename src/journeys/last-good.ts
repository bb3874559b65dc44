import type { RepositoryRef } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
import { goodReleases } from '../features/rollback/good-releases.ts'
import type { LedgerState } from '../ports/ledger.ts'
import type { Ports } from './ports.ts'

/** How far back the last good release is looked for. */
const historyDepth = 50

/** The newest earlier release of the target that renders differently and was never taken back, with the state of the rendered ref that held it. */
export async function lastGood(
  ports: Pick<Ports, 'ledger'>,
  repository: RepositoryRef,
  bad: Attestation,
): Promise<{ state: LedgerState; attestation: Attestation } | undefined> {
  const states = await ports.ledger.history(repository, bad.target.environment, historyDepth)
  const trusted = states.filter(({ trust }) => trust === 'trusted')
  return goodReleases(trusted, bad)[0]
}

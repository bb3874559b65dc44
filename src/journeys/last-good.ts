import type { RepositoryRef } from '../domain/refs.ts'
import type { Attestation } from '../domain/release.ts'
import type { LedgerState } from '../ports/ledger.ts'
import type { Ports } from './ports.ts'

/** How far back the last good release is looked for. */
const historyDepth = 50

/** The newest earlier release of the target that renders differently, with the state of the rendered ref that held it. */
export async function lastGood(
  ports: Pick<Ports, 'ledger'>,
  repository: RepositoryRef,
  bad: Attestation,
): Promise<{ state: LedgerState; attestation: Attestation } | undefined> {
  const states = await ports.ledger.history(repository, bad.target.environment, historyDepth)
  for (const state of states) {
    if (state.trust !== 'trusted') continue
    const attestation = state.attestations.find(
      ({ target }) => target.application === bad.target.application && target.cluster === bad.target.cluster,
    )
    if (attestation && attestation.digest !== bad.digest && attestation.at < bad.at)
      return { state, attestation }
  }
  return undefined
}

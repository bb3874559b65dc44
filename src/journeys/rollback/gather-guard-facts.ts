import type { RepositoryRef } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { earlierReverts } from '../../features/rollback/earlier-reverts.ts'
import type { GuardFacts } from '../../features/rollback/guards.ts'
import { irreversibleChanges } from '../../features/rollback/irreversible-changes.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'
import { lastGood } from './last-good.ts'
import type { Tip } from '../repository/read-configuration.ts'
import { trustedHistory } from '../repository/trusted-history.ts'
import type { HealthMemory } from './health-memory.ts'

/** States of an environment in which earlier reverts are looked for. */
const historyDepth = 50

/** What the guards of every revert by rule look at. */
export async function gatherGuardFacts(
  ports: { ledger: Pick<Ledger, 'history' | 'objects'> } & HealthMemory,
  request: {
    repository: RepositoryRef
    tip: Pick<Tip, 'configuration'>
    state: LedgerState
    bad: Attestation
  },
): Promise<GuardFacts> {
  const { repository, tip, state, bad } = request
  const good = await lastGood(ports, repository, bad)
  const histories = await Promise.all(
    tip.configuration.environments.map(({ name }) => trustedHistory(ports, repository, name, historyDepth)),
  )
  return {
    kind: bad.kind,
    isHeld: state.controls.holds.some(({ application }) => application === bad.target.application),
    hasGoodRelease: good !== undefined,
    wasGoodHealthy: good?.wasHealthy ?? false,
    earlierReverts: earlierReverts(histories, bad),
    irreversible: good
      ? irreversibleChanges(
          await ports.ledger.objects(good.state, good.attestation.target),
          await ports.ledger.objects(state, bad.target),
        )
      : [],
  }
}

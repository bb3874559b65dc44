import type { RollbackFacts } from '../features/rollback/decide-rollback.ts'
import { earlierReverts } from '../features/rollback/earlier-reverts.ts'
import { irreversibleChanges } from '../features/rollback/irreversible-changes.ts'
import type { JudgedWatch } from './judge-watch.ts'
import { lastGood } from './last-good.ts'
import type { Ports } from './ports.ts'

/** What `decideRollback` decides about a judged release from. */
export async function gatherRollbackFacts(
  ports: Ports,
  { watch, judgement }: Pick<JudgedWatch, 'watch' | 'judgement'>,
): Promise<RollbackFacts> {
  const { repository, slo, state, bad, appliedAt } = watch
  const good = await lastGood(ports, repository, bad)
  const histories = await Promise.all(
    watch.tip.configuration.environments.map(({ name }) => ports.ledger.history(repository, name, 50)),
  )
  return {
    slo,
    release: { kind: bad.kind, appliedAt },
    burnRate: judgement.burnRate,
    sequential: judgement.sequential,
    attribution: judgement.attribution,
    alsoBreaching: judgement.alsoBreaching,
    earlierReverts: earlierReverts(
      histories.map((states) => states.filter(({ trust }) => trust === 'trusted')),
      bad,
    ),
    irreversible: good
      ? irreversibleChanges(
          await ports.ledger.objects(good.state, good.attestation.target),
          await ports.ledger.objects(state, bad.target),
        )
      : [],
    isHeld: state.controls.holds.some(({ application }) => application === slo.application),
    hasGoodRelease: good !== undefined,
  }
}

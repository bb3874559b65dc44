import type { RollbackFacts } from '../features/rollback/decide-rollback.ts'
import { gatherGuardFacts } from './gather-guard-facts.ts'
import type { JudgedWatch } from './judge-watch.ts'
import type { Ports } from './ports.ts'

/** What `decideRollback` decides about a judged release from. */
export async function gatherRollbackFacts(
  ports: Ports,
  { watch, judgement }: Pick<JudgedWatch, 'watch' | 'judgement'>,
): Promise<RollbackFacts> {
  return {
    ...(await gatherGuardFacts(ports, watch)),
    slo: watch.slo,
    revision: watch.bad.revision,
    appliedAt: watch.appliedAt,
    burnRate: judgement.burnRate,
    sequential: judgement.sequential,
    attribution: judgement.attribution,
    alsoBreaching: judgement.alsoBreaching,
  }
}

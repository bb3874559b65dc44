import type { RollbackFacts } from '../../features/rollback/decide-rollback.ts'
import { gatherGuardFacts } from './gather-guard-facts.ts'
import type { JudgedWatch, WatchSources } from '../slo/judge-watch.ts'
import type { HealthMemory } from './health-memory.ts'

/** What `decideRollback` decides about a judged release from. */
export async function gatherRollbackFacts(
  sources: WatchSources & HealthMemory,
  { watch, judgement }: Pick<JudgedWatch, 'watch' | 'judgement'>,
): Promise<RollbackFacts> {
  return {
    ...(await gatherGuardFacts(sources, watch)),
    slo: watch.slo,
    revision: watch.bad.revision,
    appliedAt: watch.appliedAt,
    burnRate: judgement.burnRate,
    sequential: judgement.sequential,
    attribution: judgement.attribution,
    alsoBreaching: judgement.alsoBreaching,
  }
}

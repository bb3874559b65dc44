import type { Instant } from '../../domain/refs.ts'
import {
  decideRollback,
  type RollbackDecision,
  type RollbackFacts,
} from '../../features/rollback/decide-rollback.ts'
import { gatherRollbackFacts } from './gather-rollback-facts.ts'
import { type JudgedWatch, judgeWatch, type Watch, type WatchSources } from '../slo/judge-watch.ts'
import type { HealthMemory } from './health-memory.ts'

/** What one look at a watched release found, and what is to be done about it. */
export interface SloLook {
  judged: JudgedWatch
  facts: RollbackFacts
  decision: RollbackDecision
}

/** Judges a watched release as of `now` and decides what is done about it; does nothing, so that the past can be looked at as well. */
export async function lookAtSlo(
  sources: WatchSources & HealthMemory,
  watch: Watch,
  now: Instant,
): Promise<SloLook> {
  const judged = await judgeWatch(sources, watch, now)
  const facts = await gatherRollbackFacts(sources, judged)
  return { judged, facts, decision: decideRollback(facts, now) }
}

import { decideRollback } from '../../../src/features/rollback/decide-rollback.ts'
import type { GuardFacts } from '../../../src/features/rollback/guards.ts'
import type { Counts } from '../../../src/features/slo/counts.ts'
import { evaluateSlo } from '../../../src/features/slo/evaluate-slo.ts'
import type { Judgement, WatchedRelease } from '../../../src/features/slo/judge-release.ts'
import type { SloMeter } from '../../../src/journeys/slo/create-slo-meter.ts'
import { judge, slo } from './watch-release.ts'

/** `revert`: taken back by rule; `report`: people are told, or asked. */
export type Answer = 'revert' | 'report' | 'nothing'

/** What decides about a release, told what the metrics say at each of its looks. */
export interface Rule {
  name: string
  everySeconds: number
  /** Over one release. `guards`: what happened before it; only we ask. */
  begin(
    meter: SloMeter,
    release: WatchedRelease,
    guards?: Partial<GuardFacts>,
  ): (now: number) => Promise<Answer>
}

/** The product, from what it asks of the metrics to what it does about the answer. */
export const drawbridge: Rule = {
  name: 'Drawbridge',
  everySeconds: 15,
  begin: (meter, release, guards) => async (now) => {
    const watching = { slo, releases: () => [release], rivals: () => [] }
    return answerTo(await judge(meter, watching, now), release, { ...unguarded, ...guards }, now)
  },
}

const unguarded: GuardFacts = {
  kind: 'promotion',
  isHeld: false,
  hasGoodRelease: true,
  wasGoodHealthy: true,
  earlierReverts: [],
  irreversible: [],
}

function answerTo(judgement: Judgement, release: WatchedRelease, guards: GuardFacts, now: number): Answer {
  const decision = decideRollback({ ...guards, ...judgement, ...release, slo }, now)
  if (decision.kind === 'revert') return decision.merge === 'rule' ? 'revert' : 'report'
  return decision.kind === 'report' ? 'report' : 'nothing'
}

/** The quick row of the SRE workbook's table alone: 14.4 times the budget in an hour and in five minutes. */
const quickBurn: Rule = {
  name: '14.4 × burn rate alone',
  everySeconds: 15,
  begin: (meter) => async (now) => {
    const windows = [3600, 300]
    const measured = await Promise.all(
      windows.map(async (seconds) => {
        const counts = await meter.count(slo, seconds, now)
        return [
          seconds,
          { from: now - seconds * 1000, at: now, bad: counts?.bad, total: counts?.total },
        ] as const
      }),
    )
    return takeBackIf(evaluateSlo(slo, new Map(measured)).state === 'breached')
  },
}

/** Source: docs.flagger.app, "How it works": interval 1m, threshold 10, request-success-rate min 99 over 1m; no value fails too. */
const flagger: Rule = {
  name: 'Flagger’s example',
  everySeconds: 60,
  begin(meter) {
    let failed = 0
    return async (now) => {
      const rate = successRate(await meter.count(slo, 60, now))
      if (rate === undefined || rate < 0.99) failed += 1
      return takeBackIf(failed >= 10)
    }
  },
}

/** Source: argo-rollouts.readthedocs.io, "Analysis": interval 5m, successCondition result[0] >= 0.95, failureLimit 3. */
const argoRollouts: Rule = {
  name: 'Argo Rollouts’ example',
  everySeconds: 300,
  begin(meter) {
    let failed = 0
    return async (now) => {
      const rate = successRate(await meter.count(slo, 300, now))
      // No value is an error of its own, which the example allows four of in a row; gaps are shorter.
      if (rate !== undefined && rate < 0.95) failed += 1
      return takeBackIf(failed > 3)
    }
  },
}

/** Ours first. */
export const rules: readonly Rule[] = [drawbridge, quickBurn, flagger, argoRollouts]

function takeBackIf(isBad: boolean): Answer {
  return isBad ? 'revert' : 'nothing'
}

function successRate(counts: Counts | undefined): number | undefined {
  return counts && counts.total > 0 ? 1 - counts.bad / counts.total : undefined
}

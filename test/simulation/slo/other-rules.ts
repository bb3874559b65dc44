import type { Counts } from '../../../src/features/slo/counts.ts'
import { evaluateSlo } from '../../../src/features/slo/evaluate-slo.ts'
import type { SloMeter } from '../../../src/journeys/create-slo-meter.ts'
import { slo } from './watch-release.ts'

/** A rule that others decide by, told what the metrics say at each of its looks. */
export interface OtherRule {
  name: string
  everySeconds: number
  /** Over one release; true: it would take it back. */
  begin(meter: SloMeter): (now: number) => Promise<boolean>
}

/** The quick row of the SRE workbook's table alone: 14.4 times the budget in an hour and in five minutes. */
const quickBurn: OtherRule = {
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
    return evaluateSlo(slo, new Map(measured)).state === 'breached'
  },
}

/** Source: docs.flagger.app, "How it works": interval 1m, threshold 10, request-success-rate min 99 over 1m; no value fails too. */
const flagger: OtherRule = {
  name: 'Flagger, its documentation’s example',
  everySeconds: 60,
  begin(meter) {
    let failed = 0
    return async (now) => {
      const rate = successRate(await meter.count(slo, 60, now))
      if (rate === undefined || rate < 0.99) failed += 1
      return failed >= 10
    }
  },
}

/** Source: argo-rollouts.readthedocs.io, "Analysis": interval 5m, successCondition result[0] >= 0.95, failureLimit 3. */
const argoRollouts: OtherRule = {
  name: 'Argo Rollouts, its documentation’s example',
  everySeconds: 300,
  begin(meter) {
    let failed = 0
    return async (now) => {
      const rate = successRate(await meter.count(slo, 300, now))
      // No value is an error of its own, which the example allows four of in a row; gaps are shorter.
      if (rate !== undefined && rate < 0.95) failed += 1
      return failed > 3
    }
  },
}

export const otherRules = [quickBurn, flagger, argoRollouts]

function successRate(counts: Counts | undefined): number | undefined {
  return counts && counts.total > 0 ? 1 - counts.bad / counts.total : undefined
}

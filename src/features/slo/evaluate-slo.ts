import type { BurnRate, Measurement, Slo, SloVerdict } from '../../domain/slo.ts'
import { pagingRules } from './burn-rate-rules.ts'
import { errorBudget } from './error-budget.ts'

/** Fewer events than this in the long window say nothing. */
export const minEvents = 50

/** The ranges, in seconds, that `evaluateSlo` wants measured; shortest first. */
export function burnRateWindows(slo: Pick<Slo, 'burnRates' | 'windowDays'>): number[] {
  const windows = pagingRules(slo).flatMap(({ longSeconds, shortSeconds }) => [longSeconds, shortSeconds])
  return [...new Set(windows)].toSorted((a, b) => a - b)
}

/**
 * Breached when, for one rule, both its windows burn faster than its factor. `measurements` by range in seconds, all
 * ending at the same time. A window without data is `blind`, one with too few events `inconclusive`: neither is health.
 */
export function evaluateSlo(slo: Slo, measurements: ReadonlyMap<number, Measurement>): SloVerdict {
  const budget = errorBudget(slo)
  const answers = pagingRules(slo).map((rule) => answerOf(rule, budget, measurements))
  return (
    answers.find(({ state }) => state === 'breached') ??
    answers.find(({ state }) => state === 'blind') ??
    answers.find(({ state }) => state === 'healthy') ??
    answers[0] ?? { state: 'blind', reason: 'nothing was measured' }
  )
}

function answerOf(
  rule: BurnRate,
  budget: number,
  measurements: ReadonlyMap<number, Measurement>,
): SloVerdict {
  const { factor } = rule
  const long = ratioOf(measurements.get(rule.longSeconds))
  const short = ratioOf(measurements.get(rule.shortSeconds))
  const windows = `${spell(rule.longSeconds)} and ${spell(rule.shortSeconds)}`
  if (!long || !short) return { state: 'blind', reason: `no data for ${windows}` }
  if (long.total < minEvents || short.total === 0) {
    return {
      state: 'inconclusive',
      reason: `${Math.round(long.total)} events in ${spell(rule.longSeconds)} are too few`,
    }
  }
  const burn = { errorRatio: long.ratio, burnRate: long.ratio / budget }
  const isBreached = long.ratio > factor * budget && short.ratio > factor * budget
  const reason = isBreached
    ? `the budget burns ${round(burn.burnRate)} times too fast in ${windows}; the limit is ${round(factor)}`
    : `the budget burns ${round(burn.burnRate)} times the allowed rate in ${spell(rule.longSeconds)}; the limit is ${round(factor)}`
  return { state: isBreached ? 'breached' : 'healthy', reason, ...burn }
}

function ratioOf(measurement: Measurement | undefined): { ratio: number; total: number } | undefined {
  const { bad, total } = measurement ?? { bad: undefined, total: undefined }
  if (bad === undefined || total === undefined || !isCount(bad) || !isCount(total)) return undefined
  return { ratio: total === 0 ? 0 : Math.min(bad / total, 1), total }
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function spell(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds / 60} min`
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)))
}

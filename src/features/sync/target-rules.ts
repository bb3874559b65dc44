import type { Target } from '../../domain/refs.ts'
import type { IgnoreRule, ReconcileSettings } from '../../domain/reconcile-settings.ts'
import { matchesGlob } from '../config/glob.ts'
import { compileHealthRules, type HealthRules } from '../health/health-rule.ts'

/** The settings as far as they are about one target. */
export interface TargetRules {
  health: HealthRules | undefined
  /** Drift is reported and not put back. */
  isReportOnly: boolean
  ignore: IgnoreRule[]
  stableMs?: number
  deadlineMs?: number
}

/** Compiled once per state of the rendered ref. */
const compiled = new WeakMap<ReconcileSettings, HealthRules>()

export function rulesOfTarget(settings: ReconcileSettings | undefined, target: Target): TargetRules {
  const isOf = (applications: string[] | undefined) =>
    applications === undefined || applications.some((glob) => matchesGlob(glob, target.application))
  const { stableSeconds, deadlineSeconds, ignore = [], reportOnly = [] } = settings ?? {}
  return {
    health: settings && healthRulesOf(settings),
    isReportOnly: isOf(reportOnly),
    ignore: ignore.filter(({ applications }) => isOf(applications)),
    ...(stableSeconds !== undefined && { stableMs: stableSeconds * 1000 }),
    ...(deadlineSeconds !== undefined && { deadlineMs: deadlineSeconds * 1000 }),
  }
}

function healthRulesOf(settings: ReconcileSettings): HealthRules | undefined {
  if (!settings.health || settings.health.length === 0) return undefined
  const known = compiled.get(settings) ?? compileHealthRules(settings.health).rules
  compiled.set(settings, known)
  return known
}

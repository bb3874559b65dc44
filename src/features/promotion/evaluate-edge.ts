import type { CommitChecks } from '../../domain/check-answer.ts'
import type { PromotionRule } from '../../domain/configuration.ts'
import type { Instant, Revision } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { SourceSlo } from '../../domain/slo.ts'
import type { SourceState } from '../../domain/source-state.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { askSourceSlos } from './ask-source-slos.ts'
import { evaluateSourceChecks } from './evaluate-source-checks.ts'
import { evaluateSource } from './evaluate-source.ts'
import { describeSources } from './promotion-sources.ts'

/** Of one application, in every environment that is promoted from. */
export interface EdgeFacts {
  /** One per cluster; none means that nothing is known, which waits. */
  releases: readonly Release[]
  /** Newest first in each environment. */
  states?: readonly SourceState[]
  /** What is asked about, by environment; where absent, what the releases say now. */
  carried?: (environment: string) => Revision | undefined
  isAsked?: boolean
  /** In every environment. */
  slos?: readonly SourceSlo[]
  /** Of the commits that are carried. */
  checks?: readonly CommitChecks[]
}

/**
 * Whether what runs before may go on: in as many environments as the rule needs, healthy on every cluster of theirs, for
 * as long as the rule asks.
 *
 * | as many as needed are through | enough could still get there | outcome |
 * | yes                           | –                            | pass    |
 * | no                            | yes                          | wait    |
 * | no                            | no                           | block   |
 */
export function evaluatePromotionEdge(
  rule: Pick<PromotionRule, 'from' | 'soakSeconds' | 'batch' | 'slos' | 'checks'>,
  facts: EdgeFacts,
  now: Instant,
): Verdict {
  const { environments, need } = rule.from
  const verdicts = environments.map((environment) => verdictOf(environment, rule, facts, now))
  const [only] = verdicts
  if (only && verdicts.length === 1) return only
  const through = verdicts.filter(({ outcome }) => outcome === 'pass')
  const rest = verdicts.filter(({ outcome }) => outcome !== 'pass')
  if (need > 0 && through.length >= need) {
    return {
      gate: 'promotion',
      outcome: 'pass',
      reason: through.map(({ reason }) => reason).join('; '),
      details: through.flatMap(({ details }) => details),
    }
  }
  const isLost = verdicts.filter(({ outcome }) => outcome !== 'block').length < need
  const blocked = rest.find(({ outcome }) => outcome === 'block')
  const until = rest
    .flatMap((verdict) => verdict.until ?? [])
    .toSorted((a, b) => a - b)
    .at(need - through.length - 1)
  return {
    gate: 'promotion',
    outcome: isLost ? 'block' : 'wait',
    reason: `${through.length} of the ${need} needed of ${describeSources(rule.from)} ${through.length === 1 ? 'is' : 'are'} through`,
    details: rest.flatMap(({ reason, details }) => [reason, ...details]),
    ...(isLost && blocked?.fix !== undefined && { fix: blocked.fix }),
    ...(until !== undefined && !isLost && { until }),
  }
}

function verdictOf(
  environment: string,
  rule: Pick<PromotionRule, 'soakSeconds' | 'batch' | 'slos' | 'checks'>,
  { releases, states = [], slos = [], checks = [], carried: carriedFrom, isAsked }: EdgeFacts,
  now: Instant,
): Verdict {
  const carried = carriedFrom?.(environment)
  const facts = {
    releases: releases.filter(({ target }) => target.environment === environment),
    ...(carried !== undefined && {
      carried,
      isAsked,
      states: states
        .filter((state) => state.environment === environment)
        .slice(0, rule.batch === 'quiet' ? 1 : undefined),
    }),
  }
  const judged = evaluateSource(environment, rule.soakSeconds, facts, now)
  const own = slos.filter((slo) => slo.environment === environment)
  const { through: _, next: __, ...verdict } = askSourceSlos(judged, environment, rule.slos, own)
  if (!rule.checks || verdict.outcome !== 'pass') return verdict
  const checked = evaluateSourceChecks(rule.checks, carried, checks)
  return checked.outcome === 'pass' ? { ...verdict, details: [...verdict.details, checked.reason] } : checked
}

import type { PromotionRule } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { Verdict } from '../../domain/verdict.ts'
import { describeSources } from './promotion-sources.ts'

/**
 * Whether what runs before may go on: in as many environments as the rule needs, healthy on every cluster of theirs, for
 * as long as the rule asks. `releases` are the application's, one per cluster; none means that nothing is known, which waits.
 *
 * | as many as needed are through | enough could still get there | outcome |
 * | yes                           | –                            | pass    |
 * | no                            | yes                          | wait    |
 * | no                            | no                           | block   |
 */
export function evaluatePromotionEdge(
  rule: Pick<PromotionRule, 'from' | 'soakSeconds'>,
  releases: readonly Release[],
  now: Instant,
): Verdict {
  const { environments, need } = rule.from
  const verdicts = environments.map((environment) =>
    evaluateSource(
      environment,
      rule.soakSeconds,
      releases.filter(({ target }) => target.environment === environment),
      now,
    ),
  )
  const [only] = verdicts
  if (only && verdicts.length === 1) return only
  const through = verdicts.filter(({ outcome }) => outcome === 'pass')
  const rest = verdicts.filter(({ outcome }) => outcome !== 'pass')
  if (need > 0 && through.length >= need) {
    return {
      gate: 'promotion',
      outcome: 'pass',
      reason: through.map(({ reason }) => reason).join('; '),
      details: [],
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

/** The same of one environment. */
export function evaluateSource(
  environment: string,
  soakSeconds: number,
  releases: readonly Release[],
  now: Instant,
): Verdict {
  const verdict = (part: Omit<Verdict, 'gate' | 'details'> & { details?: string[] }): Verdict => ({
    gate: 'promotion',
    details: [],
    ...part,
  })
  if (releases.length === 0) {
    return verdict({ outcome: 'wait', reason: `nothing is known to run in ${environment} yet` })
  }
  const failed = releases.filter(({ phase }) => phase === 'degraded' || phase === 'refused')
  if (failed.length > 0) {
    return verdict({
      outcome: 'block',
      reason: `${environment} is not healthy`,
      details: failed.map(describe),
      fix: `make ${environment} healthy again, or promote another version`,
    })
  }
  const unsettled = releases.filter(({ phase, healthyAt }) => phase !== 'healthy' || healthyAt === undefined)
  if (unsettled.length > 0) {
    return verdict({
      outcome: 'wait',
      reason: `${environment} is not healthy yet`,
      details: unsettled.map(describe),
    })
  }
  const healthySince = Math.max(...releases.map(({ healthyAt }) => healthyAt ?? now))
  const until = healthySince + soakSeconds * 1000
  const soak = spell(soakSeconds)
  if (now < until) {
    const left = spell(Math.ceil((until - now) / 1000))
    return verdict({
      outcome: 'wait',
      reason: `healthy in ${environment}; soaks ${soak}, ${left} to go`,
      until,
    })
  }
  return verdict({
    outcome: 'pass',
    reason: soakSeconds > 0 ? `healthy in ${environment} for ${soak} and more` : `healthy in ${environment}`,
  })
}

function describe({ target, phase, reason }: Release): string {
  return `${target.application} on ${target.cluster} is ${phase}${reason ? `: ${reason}` : ''}`
}

/** `1 h 5 min`; seconds only below a minute. */
function spell(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return `${Math.floor(minutes / 60)} h${rest > 0 ? ` ${rest} min` : ''}`
}

import type { PromotionRule } from '../../domain/configuration.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Release } from '../../domain/release.ts'
import type { Verdict } from '../../domain/verdict.ts'

/**
 * Whether what runs in `rule.from` may go on: healthy on every cluster, for as long as the rule asks.
 * `sources` are the application's releases there, one per cluster; none means that nothing is known, which waits.
 */
export function evaluatePromotionEdge(
  rule: PromotionRule,
  sources: readonly Release[],
  now: Instant,
): Verdict {
  const verdict = (part: Omit<Verdict, 'gate' | 'details'> & { details?: string[] }): Verdict => ({
    gate: 'promotion',
    details: [],
    ...part,
  })
  if (sources.length === 0) {
    return verdict({ outcome: 'wait', reason: `nothing is known to run in ${rule.from} yet` })
  }
  const failed = sources.filter(({ phase }) => phase === 'degraded' || phase === 'refused')
  if (failed.length > 0) {
    return verdict({
      outcome: 'block',
      reason: `${rule.from} is not healthy`,
      details: failed.map(describe),
      fix: `make ${rule.from} healthy again, or promote another version`,
    })
  }
  const unsettled = sources.filter(({ phase, healthyAt }) => phase !== 'healthy' || healthyAt === undefined)
  if (unsettled.length > 0) {
    return verdict({
      outcome: 'wait',
      reason: `${rule.from} is not healthy yet`,
      details: unsettled.map(describe),
    })
  }
  return soaked(rule, sources, now, verdict)
}

function soaked(
  rule: PromotionRule,
  sources: readonly Release[],
  now: Instant,
  verdict: (part: Omit<Verdict, 'gate' | 'details'>) => Verdict,
): Verdict {
  const healthySince = Math.max(...sources.map(({ healthyAt }) => healthyAt ?? now))
  const until = healthySince + rule.soakSeconds * 1000
  const soak = spell(rule.soakSeconds)
  if (now < until) {
    const rest = spell(Math.ceil((until - now) / 1000))
    return verdict({
      outcome: 'wait',
      reason: `healthy in ${rule.from}; soaks ${soak}, ${rest} to go`,
      until,
    })
  }
  const reason =
    rule.soakSeconds > 0 ? `healthy in ${rule.from} for ${soak} and more` : `healthy in ${rule.from}`
  return verdict({ outcome: 'pass', reason })
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

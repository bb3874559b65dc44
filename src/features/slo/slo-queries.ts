import type { Slo } from '../../domain/slo.ts'
import { formatSelector, type Matcher, parseSelector, type Selector } from './selector.ts'

/** Two PromQL instant queries; evaluated at one time they count the range that ends there. */
export interface CountQueries {
  bad: string
  total: string
}

/** The longest range that is ever asked for: the longest period of an error budget. */
const maxRangeSeconds = 30 * 24 * 3600

/** Below two scrapes a range holds no increase. */
export const minRangeSeconds = 30

export interface CountOptions {
  /** One count per value of the SLO's version label. */
  byVersion?: boolean
  /** Further matchers, such as one version. */
  matchers?: Matcher[]
}

/**
 * Bad and all events within `rangeSeconds`. No bad (or good) series means no errors as long as there is traffic; without any
 * series both are empty, so that missing metrics never look like health. Source: never `or vector(0)`, whose labels match nothing.
 */
export function countQueries(
  slo: Slo,
  rangeSeconds: number,
  options: CountOptions = {},
): CountQueries | { reason: string } {
  const isByGood = slo.goodEvents !== undefined
  const part = parseSelector(slo.goodEvents ?? slo.badEvents ?? '')
  if ('reason' in part) return { reason: `slo ${slo.name}: ${isByGood ? 'good' : 'bad'}: ${part.reason}` }
  const total = parseSelector(slo.totalEvents)
  if ('reason' in total) return { reason: `slo ${slo.name}: total: ${total.reason}` }
  if (options.byVersion && slo.versionLabel === undefined)
    return { reason: `slo ${slo.name}: has no versionLabel` }
  if (slo.versionLabel !== undefined && !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(slo.versionLabel)) {
    return { reason: `slo ${slo.name}: versionLabel: "${slo.versionLabel}" is not the name of a label` }
  }
  const range = Math.min(Math.max(Math.ceil(rangeSeconds), minRangeSeconds), maxRangeSeconds)
  const by = options.byVersion ? `sum by (${slo.versionLabel})` : 'sum'
  const increase = (selector: Selector) =>
    `increase(${formatSelector({ ...selector, matchers: [...selector.matchers, ...(options.matchers ?? [])] })}[${range}s])`
  const count = (selector: Selector) => `${by}(${increase(selector)})`
  if (isByGood && isBucketOf(part, total)) {
    const slow = `${increase(total)} - ignoring (le) ${increase(part)}`
    return { bad: `${by}(clamp_min(${slow}, 0))`, total: count(total) }
  }
  const counted = `${count(part)} or 0 * ${count(total)}`
  // Both counters are scraped together, but extrapolated apart.
  const bad = isByGood ? `clamp_min(${count(total)} - (${counted}), 0)` : counted
  return { bad, total: count(total) }
}

/**
 * A bucket of the very histogram whose events are counted. One that is not there, as where a release changed the bounds,
 * tells nothing about those events: series by series, they are not taken for slow.
 */
function isBucketOf(part: Selector, total: Selector): boolean {
  const others = part.matchers.filter(({ label }) => label !== 'le')
  const isSame = formatSelector({ metric: '', matchers: others }) === formatSelector({ ...total, metric: '' })
  const [bucket, count] = [part.metric.replace(/_bucket$/, ''), total.metric.replace(/_count$/, '')]
  return isSame && bucket === count && bucket !== part.metric && count !== total.metric
}

/** Two instant queries: the time in seconds of the newest sample of all events, and how many a series has in `rangeSeconds`. */
export function pulseQueries(
  slo: Slo,
  rangeSeconds: number,
): { newest: string; scrapes: string } | { reason: string } {
  const total = parseSelector(slo.totalEvents)
  if ('reason' in total) return { reason: `slo ${slo.name}: total: ${total.reason}` }
  const selector = formatSelector(total)
  return {
    newest: `max(timestamp(${selector}))`,
    scrapes: `max(count_over_time(${selector}[${rangeSeconds}s]))`,
  }
}

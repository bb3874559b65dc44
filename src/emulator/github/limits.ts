import type { Instant } from '../../domain/refs.ts'
import { ApiError } from './api-error.ts'
import type { Viewer } from './auth.ts'

export interface Limits {
  /** Counts one request; throws GitHub's refusal when a limit is passed. Answers the headers. */
  count(key: string, kind: RequestKind, now: Instant): Record<string, string>
  /** Takes a request back: conditional requests answered 304 are free. */
  refund(key: string): void
  set(limits: Partial<LimitValues>): void
  /** The answer of `GET /rate_limit`. */
  describe(viewer: Viewer, now: Instant): object
}

export interface RequestKind {
  isWrite: boolean
  createsContent: boolean
  /** REST, unless said otherwise. GraphQL has an account of its own, for points and for requests an hour. */
  resource?: 'core' | 'graphql'
}

export interface LimitValues {
  /** Requests an hour. */
  primary: number
  /** 'off': only the primary limit holds. */
  secondary: 'on' | 'off'
  /** Requests that create content. */
  contentPerMinute: number
  contentPerHour: number
  /** GET counts 1, writes count 5. */
  pointsPerMinute: number
  /** A question counts 1, a request that changes something 5, whatever it changes. */
  graphqlPointsPerMinute: number
}

/** Source: GitHub Docs, "Rate limits for the REST API". */
const githubValues: LimitValues = {
  primary: 5_000,
  secondary: 'off',
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  graphqlPointsPerMinute: 2_000,
}

const minute = 60_000
const hour = 60 * minute

interface Usage {
  used: number
  resetAt: Instant
  points: { at: Instant; points: number }[]
  content: Instant[]
}

export function createLimits(): Limits {
  const values = { ...githubValues }
  const usages = new Map<string, Usage>()

  const usageOf = (key: string, now: Instant) => {
    const known = usages.get(key)
    if (known && known.resetAt > now) return known
    const fresh = {
      used: 0,
      resetAt: now + hour,
      points: known?.points ?? [],
      content: known?.content ?? [],
    }
    usages.set(key, fresh)
    return fresh
  }

  return {
    count(owner, kind, now) {
      const { resource = 'core' } = kind
      const key = resource === 'core' ? owner : `${owner} (${resource})`
      const usage = usageOf(key, now)
      if (usage.used >= values.primary) {
        throw new ApiError(403, `API rate limit exceeded for ${key}.`, undefined, headersOf(usage, values))
      }
      usage.used += 1
      if (values.secondary === 'on') countSecondary(usage, values, kind, now)
      return { ...headersOf(usage, values), 'x-ratelimit-resource': resource }
    },
    refund(key) {
      const usage = usages.get(key)
      if (usage) usage.used = Math.max(0, usage.used - 1)
    },
    set(changes) {
      Object.assign(values, changes)
    },
    describe(viewer, now) {
      const { used, resetAt } = usageOf(limitKey(viewer), now)
      const remaining = Math.max(0, values.primary - used)
      const core = { limit: values.primary, used, remaining, reset: Math.ceil(resetAt / 1000) }
      return { resources: { core, search: core }, rate: core }
    },
  }
}

/** Whose budget a request spends. */
export function limitKey(viewer: Viewer): string {
  if (viewer.kind === 'installation') return `installation ID ${viewer.token.installation.id}`
  if (viewer.kind === 'user') return `user ID ${viewer.account.id}`
  return viewer.kind === 'app' ? `app ID ${viewer.app.id}` : '127.0.0.1'
}

function countSecondary(usage: Usage, values: LimitValues, kind: RequestKind, now: Instant): void {
  usage.points = usage.points.filter((entry) => entry.at > now - minute)
  usage.content = usage.content.filter((at) => at > now - hour)
  const points = kind.isWrite ? 5 : 1
  const spent = usage.points.reduce((sum, entry) => sum + entry.points, 0)
  const most = kind.resource === 'graphql' ? values.graphqlPointsPerMinute : values.pointsPerMinute
  if (spent + points > most) throw secondaryLimit(usage.points[0]!.at + minute - now)
  if (kind.createsContent) {
    const lastMinute = usage.content.filter((at) => at > now - minute)
    if (lastMinute.length >= values.contentPerMinute) throw secondaryLimit(lastMinute[0]! + minute - now)
    if (usage.content.length >= values.contentPerHour) throw secondaryLimit(usage.content[0]! + hour - now)
    usage.content.push(now)
  }
  usage.points.push({ at: now, points })
}

function secondaryLimit(waitMs: number): ApiError {
  const message =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' +
    ' If you reach out to GitHub Support for help, please include the request ID.'
  return new ApiError(403, message, undefined, {
    'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))),
  })
}

function headersOf(usage: Usage, values: LimitValues): Record<string, string> {
  return {
    'x-ratelimit-limit': String(values.primary),
    'x-ratelimit-remaining': String(Math.max(0, values.primary - usage.used)),
    'x-ratelimit-used': String(usage.used),
    'x-ratelimit-reset': String(Math.ceil(usage.resetAt / 1000)),
    'x-ratelimit-resource': 'core',
  }
}

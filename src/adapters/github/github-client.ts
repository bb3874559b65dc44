import { Octokit } from '@octokit/rest'
import type { Instant } from '../../domain/refs.ts'
import type { AdapterError } from '../../ports/adapter-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Random } from '../../ports/random.ts'
import { type AnswerCache, createAnswerCache } from './answer-cache.ts'
import { type AppKey, type AppTokens, createAppTokens, type TokenScope } from './app-tokens.ts'
import { GitHubRefusal, passingFault, reasonOf } from './github-fault.ts'
import { isOlder } from './is-older.ts'
import {
  createWriteBudget,
  gitHubWriteLimits,
  type WriteBudget,
  type WriteLimits,
  type WritePriority,
} from './write-budget.ts'

export interface GitHubClientOptions extends AppKey {
  appId: string
  /** `https://api.github.com` */
  baseUrl: string
  clock: Clock
  random: Random
  log: Log
  fetch: typeof fetch
  writeLimits?: Partial<WriteLimits>
}

/** One Octokit for the app itself and one for each scope, all of an installation within one budget. */
export interface GitHubClient {
  app: Octokit
  /** For what is public, before anybody has installed the app. */
  anonymous: Octokit
  scoped(scope: TokenScope): Octokit
  tokens: AppTokens
}

/** Reads are tried so often altogether; writes once, because a lost answer may hide a done deed. */
const readTries = 3
const firstPauseMs = 500
/** Where GitHub limits without naming a time. Source: GitHub Docs, "Rate limits for the REST API". */
const unnamedLimitMs = 60_000

/** What is known of one installation's limits. */
interface Installation {
  budget: WriteBudget
  pausedUntil: Instant
}

interface Authorization {
  /** Undefined: asks as nobody. */
  header(): Promise<string | undefined>
  /** After a 401. */
  forget(): void
  installation: Installation
  /** Answers differ by who asks. */
  cacheKey: string
}

interface RequestOptions {
  method: string
  /** A route with placeholders, or the whole address of a further page. */
  url: string
  headers: Record<string, unknown>
  /** Of a request to GraphQL: what gates a merge is written there, and what merges by a queue. */
  query?: string
}

interface RequestAnswer {
  status: number
  url: string
  headers: Record<string, unknown>
  data: unknown
}

export function createGitHubClient(options: GitHubClientOptions): GitHubClient {
  const installations = new Map<string, Installation>()
  const clients = new Map<string, Octokit>()
  const cache = createAnswerCache()

  const installationOf = (id: string): Installation => {
    const known = installations.get(id)
    if (known) return known
    const limits = { ...gitHubWriteLimits, ...options.writeLimits }
    const fresh = { budget: createWriteBudget(options.clock, limits), pausedUntil: 0 }
    installations.set(id, fresh)
    return fresh
  }

  const tokens: AppTokens = createAppTokens({
    ...options,
    mint: async (scope, permissions) => {
      const { data } = await app.rest.apps.createInstallationAccessToken({
        installation_id: Number(scope.installation),
        permissions,
        ...(scope.repositoryId && { repository_ids: [Number(scope.repositoryId)] }),
      })
      return { token: data.token, expiresAt: Date.parse(data.expires_at) }
    },
  })

  const app = createOctokit(options, cache, {
    header: async () => `Bearer ${tokens.jwt()}`,
    forget: tokens.renewKey,
    installation: installationOf('app'),
    cacheKey: 'app',
  })

  const anonymous = createOctokit(options, cache, {
    header: async () => undefined,
    forget: () => undefined,
    installation: installationOf('anonymous'),
    cacheKey: 'anonymous',
  })

  return {
    app,
    anonymous,
    tokens,
    scoped(scope) {
      const key = `${scope.installation}/${scope.repositoryId ?? '*'}/${scope.purpose}`
      const known = clients.get(key)
      if (known) return known
      const client = createOctokit(options, cache, {
        header: async () => `token ${await tokens.installationToken(scope)}`,
        forget: () => tokens.forget(scope),
        installation: installationOf(scope.installation),
        cacheKey: key,
      })
      clients.set(key, client)
      return client
    },
  }
}

/** Every request of an Octokit passes here: who asks, whether it may, what is known already, what to make of the answer. */
function createOctokit(
  options: GitHubClientOptions,
  cache: AnswerCache,
  authorization: Authorization,
): Octokit {
  const { clock, random, log } = options
  const silent = () => undefined
  const octokit = new Octokit({
    baseUrl: options.baseUrl,
    userAgent: 'drawbridge',
    request: { fetch: options.fetch },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  })

  octokit.hook.wrap('request', async (send, request) => {
    const { pathname, search } = new URL(octokit.request.endpoint(request as never).url)
    const [operation, target] = [request.method, pathname]
    const isGraphql = pathname.endsWith('/graphql')
    const isQuestion = isGraphql && !isMutation(request)
    const isRead = request.method === 'GET' || isQuestion
    refuseWhilePaused(authorization.installation, clock, operation, target)
    if (!isRead) await admitWrite(authorization.installation, request, operation, target)

    const cacheKey = `${authorization.cacheKey} ${pathname}${search}`
    const isKept = isRead && !isGraphql
    const known = isKept ? cache.get(cacheKey) : undefined
    let hasNewToken = false

    for (let attempt = 1; ; attempt += 1) {
      const header = await authorization.header()
      if (header) request.headers.authorization = header
      if (known) request.headers['if-none-match'] = known.etag
      const answer = await attemptOnce(send as never, request, target)
      if (answer.status === 304 && known) {
        cache.put(cacheKey, { ...known, at: clock.now() })
        return { ...known.answer } as never
      }
      if (answer.status === 401 && !hasNewToken) {
        authorization.forget()
        hasNewToken = true
        continue
      }
      const fault = faultOf(answer, authorization.installation, clock, operation, target)
      if (!fault) {
        // By a server that is behind the one before: what was read does not go back.
        const read = { path: pathname, data: answer.data, at: clock.now() }
        if (known && isOlder(read, { ...read, data: known.answer.data, at: known.at }))
          return { ...known.answer } as never
        const etag = answer.headers.etag
        if (isKept && typeof etag === 'string') cache.put(cacheKey, { etag, answer, at: read.at })
        return answer as never
      }
      const canRetry = isRead && fault.retryable && fault.retryAfterMs === undefined && attempt < readTries
      if (!canRetry) throw fault
      log.debug({ operation, attempt, reason: fault.message }, 'github request is tried again')
      await clock.sleep(firstPauseMs * 2 ** (attempt - 1) * (1 + random.number()))
    }
  })
  return octokit
}

function refuseWhilePaused(
  installation: Installation,
  clock: Clock,
  operation: string,
  target: string,
): void {
  const left = installation.pausedUntil - clock.now()
  if (left > 0)
    throw passingFault(operation, target, 'waits for the end of a rate limit', { retryAfterMs: left })
}

async function admitWrite(
  installation: Installation,
  request: RequestOptions,
  operation: string,
  target: string,
): Promise<void> {
  if (request.url.includes('/access_tokens')) return
  const wait = await installation.budget.admit(priorityOf(request), isCreation(request))
  if (wait > 0) {
    throw passingFault(operation, target, 'the budget for writes is used up', { retryAfterMs: wait })
  }
}

function isMutation({ query }: RequestOptions): boolean {
  return query?.trimStart().startsWith('mutation') ?? false
}

function priorityOf({ method, url, query }: RequestOptions): WritePriority {
  if (query !== undefined || url.endsWith('/merge')) return 0
  return method === 'POST' && /\/(?:comments|deployments)/.test(url) ? 2 : 1
}

/** What GitHub counts as creating content: it notifies somebody. */
function isCreation({ method, url }: RequestOptions): boolean {
  return method === 'POST' && /\/(?:comments|pulls|issues|requested_reviewers)$/.test(url)
}

/** The answer whatever its status; status 0 where there was none. */
async function attemptOnce(
  send: (request: RequestOptions) => Promise<RequestAnswer>,
  request: RequestOptions,
  target: string,
): Promise<RequestAnswer> {
  try {
    return await send(request)
  } catch (error) {
    const response = (error as { response?: RequestAnswer }).response
    if (response) return response
    const status = (error as { status?: number }).status
    if (status === 304) return { status: 304, url: target, headers: {}, data: undefined }
    return { status: 0, url: target, headers: {}, data: undefined }
  }
}

/** Sorts the answer by what to do about it; undefined: it is good. */
function faultOf(
  answer: RequestAnswer,
  installation: Installation,
  clock: Clock,
  operation: string,
  target: string,
): AdapterError | undefined {
  const { status, data } = answer
  if (status === 0) return passingFault(operation, target, 'the connection failed or the answer broke off')
  if (status >= 500) return passingFault(operation, target, `answered ${status}`)
  const limitMs = rateLimitMs(answer, clock)
  if (limitMs !== undefined) {
    installation.pausedUntil = Math.max(installation.pausedUntil, clock.now() + limitMs)
    return passingFault(operation, target, `is rate limited (${status})`, { retryAfterMs: limitMs })
  }
  if (status >= 400) return new GitHubRefusal(operation, target, status, reasonOf(data))
  const isText = typeof data === 'string' && data !== ''
  return isText ? passingFault(operation, target, 'the answer is not JSON') : undefined
}

/** Milliseconds to wait, where the answer is a primary or secondary limit. GraphQL answers some of them with 200. */
function rateLimitMs({ status, headers, data }: RequestAnswer, clock: Clock): number | undefined {
  if (status !== 403 && status !== 429 && !isLimitedGraphql(data)) return undefined
  const retryAfter = Number(headers['retry-after'])
  if (Number.isFinite(retryAfter) && headers['retry-after'] !== undefined)
    return Math.max(1, retryAfter) * 1_000
  const isUsedUp = headers['x-ratelimit-remaining'] === '0'
  const reset = Number(headers['x-ratelimit-reset']) * 1_000
  if (isUsedUp && Number.isFinite(reset)) return Math.max(1_000, reset - clock.now())
  const isNamed = isLimitedGraphql(data) || /secondary rate|abuse/i.test(reasonOf(data))
  return status === 429 || isNamed ? unnamedLimitMs : undefined
}

function isLimitedGraphql(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false
  const { errors } = data as { errors?: unknown }
  return Array.isArray(errors) && errors.some((error: { type?: unknown }) => error?.type === 'RATE_LIMITED')
}

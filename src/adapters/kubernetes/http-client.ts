// Reads numbers with the pure features of rendering, so that what lives and what is wanted compare alike.
import type { Dispatcher } from 'undici'
import { parseExactJson } from '../../features/rendering/exact-integers.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import { clockSkew } from './clock-skew.ts'
import type { Connection } from './connection.ts'
import { limitCalls } from './limit-calls.ts'
import { createSender, TooLarge, TookTooLong } from './send-request.ts'
import { conversionFault } from './typed-patch-faults.ts'

export interface Call {
  method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE'
  path: string
  accept?: string
  contentType?: string
  body?: unknown
  /** The user to act as, on the same connections. */
  as?: string
  /** Another server answers behind the API server: 503 at every try says of that one that it is away, and is an answer. */
  mayBeAway?: boolean
  /** For errors: `apply Deployment shop/checkout`. */
  operation: string
}

export interface Reply {
  status: number
  /** Parsed JSON; undefined where there was none. */
  body: unknown
}

/** The API's `Status`, as far as it is read. */
export interface Status {
  reason?: string
  message?: string
  details?: { causes?: { reason?: string; message?: string; field?: string }[] }
}

export interface HttpClient {
  /** As the newest answer told it; undefined before the first. */
  clockSkew(): number | undefined
  /** 2xx and 4xx are answers; everything but silence is tried again; what fails is thrown as AdapterError. */
  call(call: Call): Promise<Reply>
  /** The open body of a streaming GET, and its status. */
  stream(path: string, signal: AbortSignal): Promise<OpenAnswer>
}

interface OpenAnswer {
  status: number
  body: Dispatcher.ResponseData['body']
  retryAfterMs?: number
}

/** The first try and this many more. */
const retries = 4
const firstDelayMs = 200
const longestDelayMs = 10_000

/** To read what is large and makes no sense takes a second in which nobody else is served: it is not asked for before this. */
export const nonsenseMs = 60_000

export function createHttpClient(
  name: string,
  connect: () => Promise<Connection>,
  clock: Clock,
  random: Random,
): HttpClient {
  const fail = (call: Call, message: string, isRetryable: boolean, cause?: unknown, retryAfterMs?: number) =>
    new AdapterError({
      system: 'kubernetes',
      operation: call.operation,
      target: name,
      retryable: isRetryable,
      message,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      cause,
    })

  const send = createSender(clock)
  let skew: number | undefined
  const once = async (call: Call, refresh: boolean): Promise<{ reply: Reply; retryAfterMs?: number }> => {
    const connection = await connect()
    const credentials = await connection.headers({ refresh })
    const asked = clock.now()
    const { status, headers, text } = await send(connection.dispatcher, {
      method: call.method,
      path: connection.prefix + call.path,
      headers: {
        ...credentials,
        'user-agent': 'drawbridge',
        ...(call.as === undefined ? {} : { 'impersonate-user': call.as }),
        accept: call.accept ?? 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
    })
    skew = clockSkew(headers['date'], asked, clock.now()) ?? skew
    const retryAfterMs = retryAfterOf({ headers })
    return {
      reply: { status, body: readJson(text) },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }
  }

  const limiter = limitCalls(clock)
  return {
    clockSkew: () => skew,
    async call(call) {
      let refresh = false
      for (let attempt = 0; ; attempt += 1) {
        const isLast = attempt >= retries
        let retryAfterMs: number | undefined
        try {
          const answer = await limiter.run(call, () => once(call, refresh))
          const { reply } = answer
          retryAfterMs = answer.retryAfterMs
          if (reply.status === 401 && !refresh) {
            refresh = true
            continue
          }
          if (reply.status === 401) throw fail(call, 'the credentials are not accepted', true)
          if (!isTransient(reply)) return reply
          if (isLast && call.mayBeAway && reply.status === 503) return reply
          if (isLast)
            throw fail(call, `the API server answers ${reply.status}`, true, undefined, retryAfterMs)
        } catch (error) {
          if (error instanceof AdapterError) throw error
          if (error instanceof TookTooLong) throw fail(call, 'the API server does not answer', true)
          // Asked again it would send as much again.
          if (error instanceof TooLarge)
            throw fail(call, 'the answer is larger than 64 MB', true, undefined, nonsenseMs)
          if (isLast) throw fail(call, 'the API server cannot be reached', true, error)
        }
        await clock.sleep(Math.max(backoff(attempt, random), Math.min(retryAfterMs ?? 0, 60_000)))
      }
    },
    async stream(path, signal) {
      const connection = await connect()
      const open = async (refresh: boolean) => {
        // First of all: what is read anew may be another server's.
        const credentials = await connection.headers({ refresh })
        return connection.dispatcher.request({
          method: 'GET',
          path: connection.prefix + path,
          headers: { ...credentials, 'user-agent': 'drawbridge', accept: 'application/json' },
          signal,
        })
      }
      let answer = await open(false)
      if (answer.statusCode === 401) {
        await answer.body.dump()
        answer = await open(true)
      }
      return { status: answer.statusCode, body: answer.body, retryAfterMs: retryAfterOf(answer) }
    },
  }
}

function retryAfterOf({ headers }: Pick<Dispatcher.ResponseData, 'headers'>): number | undefined {
  const seconds = Number(headers['retry-after'])
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

/** 429 and 5xx; but what server-side apply cannot read or merge is also a 500, and no better next time. */
function isTransient(reply: Reply): boolean {
  if (reply.status === 429) return true
  if (isUnreadableObject(reply) || isOfGoneVersion(reply) || isTooLargeObject(reply)) return false
  return reply.status >= 500
}

export function isUnreadableObject(reply: Reply): boolean {
  const message = (reply.body as Status | undefined)?.message ?? ''
  const isUntyped = message.startsWith('failed to create typed patch object')
  return reply.status === 500 && (isUntyped || conversionFault(message) !== undefined)
}

/** The API server takes 3 MiB; etcd 1.5 MiB, of which it says so itself, or, from 2 MiB on, the way to it. */
export function isTooLargeObject(reply: Reply): boolean {
  const message = (reply.body as Status | undefined)?.message ?? ''
  const isOfStore =
    message === 'etcdserver: request is too large' || /trying to send message larger than max/.test(message)
  return reply.status === 413 || (reply.status === 500 && isOfStore)
}

/** Source: Kubernetes, apiextensions-apiserver, pkg/apiserver/conversion/converter.go. */
export function isOfGoneVersion(reply: Reply): boolean {
  const message = (reply.body as Status | undefined)?.message ?? ''
  return reply.status === 500 && message.startsWith('request to convert CR from an invalid group/version')
}

/** Full jitter: anywhere between nothing and the doubled delay. */
export function backoff(attempt: number, random: Random): number {
  return Math.round(random.number() * Math.min(firstDelayMs * 2 ** attempt, longestDelayMs))
}

function readJson(text: string): unknown {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

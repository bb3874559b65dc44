import type { Clock } from '../../ports/clock.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { type Inconclusive, inconclusive, parseAnswer, parseRangeAnswer } from './parse-answer.ts'

export interface MetricsOptions {
  /** Of the server, with its prefix if it has one: `https://prometheus.example/tenant`. */
  url: string
  fetch: typeof fetch
  clock: Clock
  /** Authorization, tenant. */
  headers?: Record<string, string>
  timeoutMs?: number
}

/** Bytes; a sum or a sum by version is far below. */
const maxAnswerLength = 1024 * 1024

/**
 * Asks a Prometheus-compatible server. Never throws and never guesses: whatever is not a complete, plain answer is
 * `inconclusive`. Source: Prometheus HTTP API, "Instant queries".
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { url, clock, headers = {}, timeoutMs = 10_000 } = options
  const address = `${url.replace(/\/+$/, '')}/api/v1`

  return {
    query: (promql, at) => ask('query', { query: promql, time: String(at / 1000) }, parseAnswer),
    queryRange(promql, { from, to, stepSeconds }) {
      const form = {
        query: promql,
        start: String(from / 1000),
        end: String(to / 1000),
        step: String(stepSeconds),
      }
      return ask('query_range', form, parseRangeAnswer)
    },
  }

  async function ask<Answer>(
    path: string,
    form: Record<string, string>,
    parse: (status: number, text: string) => Answer,
  ): Promise<Answer | Inconclusive> {
    const ended = new AbortController()
    const answered = new AbortController()
    const late = clock.sleep(timeoutMs, answered.signal).then(() => {
      if (!answered.signal.aborted) ended.abort()
      return inconclusive(`does not answer within ${timeoutMs / 1000} s`)
    })
    const answer = post(path, form, parse, ended.signal).catch((error: unknown) =>
      inconclusive(`cannot be reached (${codeOf(error)})`),
    )
    const first = await Promise.race([answer, late])
    answered.abort()
    return first
  }

  async function post<Answer>(
    path: string,
    form: Record<string, string>,
    parse: (status: number, text: string) => Answer,
    signal: AbortSignal,
  ): Promise<Answer | Inconclusive> {
    const response = await options.fetch(`${address}/${path}`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({ ...form, timeout: `${timeoutMs}ms` }).toString(),
      // A redirect would carry the credentials to wherever it points.
      redirect: 'manual',
      signal,
    })
    if (response.status >= 300 && response.status < 400) return inconclusive('answers with a redirect')
    const text = await readText(response)
    if (text === undefined) return inconclusive(`answers more than ${maxAnswerLength} bytes`)
    return parse(response.status, text)
  }
}

async function readText(response: Response): Promise<string | undefined> {
  if (!response.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > maxAnswerLength) return undefined
  }
  return text + decoder.decode()
}

/** The kind of failure alone: messages may quote addresses with credentials. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code)
  return error instanceof Error ? error.name : 'unknown'
}

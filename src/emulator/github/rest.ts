import { createHash } from 'node:crypto'
import { ApiError, notFound } from './api-error.ts'
import { authenticate, doerOf, type Viewer } from './auth.ts'
import type { Exchange } from './exchange.ts'
import type { Hub } from './hub.ts'
import { readInput } from './input.ts'
import { limitKey } from './limits.ts'
import type { Answer, Route } from './route.ts'
import { findRoute } from './router.ts'

const prefix = '/api/v3'

/** Answers a REST request: who, how often, which route, then GitHub's headers around what the route says. */
export async function answerRest(hub: Hub, exchange: Exchange): Promise<void> {
  const path = exchange.url.pathname.slice(prefix.length)
  const found = findRoute(hub.state, exchange.method, path)
  const name = found?.route.path ?? path
  const fault = hub.chaos.takeFault(`${exchange.method} ${name}`)
  const lag = hub.chaos.lagOf(`${exchange.method} ${name}`)
  if (lag > 0) await hub.clock.sleep(lag)
  const caller: { viewer: Viewer } = { viewer: { kind: 'anonymous' } }
  const shouldRun = !fault || fault.afterEffect === true
  const answer = shouldRun ? await run(hub, exchange, found, caller) : { status: fault.status }
  const by = doerOf(caller.viewer)?.account.login ?? ''
  const status = fault?.status ?? answer.status
  hub.requests.push({ method: exchange.method, route: name, path, status, by, at: hub.clock.now() })
  if (!fault) return send(hub, exchange, answer)
  if (fault.hangsUp) return exchange.hangUp()
  const body = fault.rawBody ?? JSON.stringify({ message: fault.message ?? 'Server Error' })
  exchange.send(fault.status, { 'content-type': 'application/json; charset=utf-8', ...fault.headers }, body)
}

async function run(
  hub: Hub,
  exchange: Exchange,
  found: { route: Route; params: Map<string, string> } | undefined,
  caller: { viewer: Viewer },
): Promise<Answer> {
  let limits: Record<string, string> = {}
  try {
    const now = hub.clock.now()
    caller.viewer = authenticate(hub.state, exchange.headers.get('authorization'), now)
    const { viewer } = caller
    const isWrite = exchange.method !== 'GET'
    limits = hub.limits.count(
      limitKey(viewer),
      { isWrite, createsContent: found?.route.createsContent ?? false },
      now,
    )
    if (!found) throw notFound()
    const { route, params } = found
    const { hub: _, ...call } = { hub, viewer, params, query: exchange.url.searchParams, url: exchange.url }
    const input = readInput(exchange.body.toString())
    const answer = await route.handle({ ...call, hub, input, headers: exchange.headers })
    return { ...answer, headers: { ...limits, ...answer.headers } }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { ...errorAnswer(error), headers: { ...limits, ...error.headers } }
  }
}

function errorAnswer(error: ApiError): Answer {
  const body = {
    message: error.message,
    ...(error.errors && { errors: error.errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(error.status),
  }
  return { status: error.status, body }
}

/** A GET whose entity tag the caller knows already is answered 304 and costs nothing. */
function send(hub: Hub, exchange: Exchange, answer: Answer): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-enterprise-version': '3.18.0',
    ...answer.headers,
  }
  if (answer.body === undefined) return exchange.send(answer.status, headers, '')
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  if (exchange.method !== 'GET' || answer.status !== 200) return exchange.send(answer.status, headers, text)
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`
  const cached = { ...headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' }
  if (exchange.headers.get('if-none-match') !== etag) return exchange.send(200, cached, text)
  const viewer = authenticate(hub.state, exchange.headers.get('authorization'), hub.clock.now())
  hub.limits.refund(limitKey(viewer))
  exchange.send(304, cached, '')
}

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { fullName, type RepositoryRef } from '../domain/refs.ts'
import type { Work } from '../domain/work.ts'
import { type AlertPlace, readAlerts } from '../features/rollback/read-alerts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { checkJson } from './check-json.ts'
import { readBody } from './read-body.ts'

export const alertsPath = '/api/alertmanager'

export interface AlertDoorOptions {
  /** What Alertmanager sends as `Authorization: Bearer …`; none: the door is shut. */
  tokens: string[]
  store: Pick<Store, 'queue' | 'releases'>
  clock: Clock
  log: Log
  telemetry?: Telemetry
  maxBytes?: number
}

const bodyTimeoutMs = 10_000

/**
 * Where Alertmanager says that something burns. That is a hint and no evidence: the SLOs and the health of the releases it
 * names are looked at again at once, and what follows is decided from what is measured then.
 */
export function createAlertDoor(options: AlertDoorOptions): RequestListener {
  const { store, clock, log, maxBytes = 1024 * 1024 } = options
  const tokens = options.tokens.map(hashOf)
  const count = options.telemetry?.counter({
    name: 'drawbridge_alert_requests_total',
    help: 'Notifications of Alertmanager, by status of the answer.',
    labels: ['status'],
  })

  return (request, response) => {
    response.once('finish', () => count?.({ status: String(response.statusCode) }))
    void handle(request, response).catch((error: unknown) => {
      log.error({ error }, 'a notification of Alertmanager failed')
      answer(response, 503, 'it could not be taken; send it again later')
    })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return refuse(request, response, 405, `${alertsPath} takes POST`)
    if (!isKnown(request.headers.authorization))
      return refuse(request, response, 401, 'the bearer token is not ours')
    const body = await readBody(request, { clock, maxBytes, timeoutMs: bodyTimeoutMs, keep: true })
    if (body.kind === 'aborted') return
    if (body.kind === 'too-slow') return answer(response, 408, 'the body took longer than 10 seconds')
    if (body.kind === 'too-large') return answer(response, 413, `the body is larger than ${maxBytes} bytes`)
    const text = Buffer.concat(body.chunks).toString('utf8')
    const fault = checkJson(text)
    const places = fault ?? readAlerts(JSON.parse(text))
    if (typeof places === 'string') return answer(response, 400, `the body is not acceptable: ${places}`)
    answer(response, 202, `${await look(places)} looked at again`)
  }

  /** Compared by hash, so that the time tells neither the token nor its length. */
  function isKnown(header: string | undefined): boolean {
    const given = hashOf(/^Bearer (\S{1,500})$/.exec(header ?? '')?.[1] ?? '')
    return tokens.map((token) => timingSafeEqual(token, given)).includes(true)
  }

  /** Only what is released somewhere: a notification makes no other work. */
  async function look(places: readonly AlertPlace[]): Promise<number> {
    const released = places.length > 0 ? await store.releases.list() : []
    const found = new Map<
      string,
      Pick<Extract<Work, { kind: 'guard-slo' }>, 'repository' | 'application' | 'environment'>
    >()
    for (const { repository, release } of released) {
      const { application, environment } = release.target
      if (places.some((place) => isAbout(place, repository, application, environment)))
        found.set(`${repository.id}/${environment}/${application}`, { repository, application, environment })
    }
    for (const place of found.values()) {
      await store.queue.enqueue({ kind: 'guard-slo', ...place }, clock.now())
      await store.queue.enqueue({ kind: 'guard-health', ...place }, clock.now())
    }
    return found.size
  }
}

function isAbout(
  place: AlertPlace,
  repository: RepositoryRef,
  application: string,
  environment: string,
): boolean {
  return (
    place.application === application &&
    place.environment === environment &&
    (place.repository === undefined || place.repository === fullName(repository))
  )
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  request.resume()
  answer(response, status, message)
}

function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(status < 300 ? { status: message } : { error: message }))
}

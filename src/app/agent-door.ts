import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { placeKey, type Report } from '../domain/agent.ts'
import type { Instant, RepositoryRef } from '../domain/refs.ts'
import {
  type AgentCredential,
  credentialHeader,
  hashOfBody,
  readCredential,
  refuseCredential,
  signatureHeader,
} from '../features/agents/agent-credential.ts'
import type { ReportAnswer } from '../features/agents/judge-report.ts'
import { parseReport } from '../features/agents/parse-report.ts'
import type { KnownAgent } from '../journeys/sync/take-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { AgentKeys } from './agent-keys.ts'
import { checkJson } from './check-json.ts'
import type { HintStreams } from './hint-streams.ts'
import { readBody } from './read-body.ts'

export const reportsPath = '/agents/reports'
export const hintsPath = '/agents/hints'

export interface AgentDoorOptions {
  repository(id: string): RepositoryRef | undefined
  keys: AgentKeys
  take(agent: KnownAgent, report: Report): Promise<ReportAnswer>
  streams: HintStreams
  clock: Clock
  log: Log
  telemetry?: Telemetry
  /** A snapshot of ten thousand applications fits. */
  maxBytes?: number
}

const bodyTimeoutMs = 20_000
/** Reports that are read at the same time; the others come back. */
const mostAtOnce = 16

interface Refusal {
  status: number
  code: string
  message: string
  retryAfterSeconds?: number
}

/** Where agents report, and wait for hints. Who they are is settled by their headers before a byte of a body is read. */
export function createAgentDoor(options: AgentDoorOptions): {
  reports: RequestListener
  hints: RequestListener
} {
  const { clock, log, streams, maxBytes = 16 * 1024 * 1024 } = options
  const count = options.telemetry?.counter({
    name: 'drawbridge_agent_requests_total',
    help: 'Requests of agents, by kind and status of the answer.',
    labels: ['kind', 'status'],
  })
  /** When the newest stream of each place was asked for, by the agent's clock: an older asking is a replay. */
  const askedAt = new Map<string, Instant>()
  let reading = 0

  const listen =
    (
      kind: AgentCredential['purpose'],
      method: string,
      handle: (request: IncomingMessage, response: ServerResponse, agent: Admitted) => Promise<void>,
    ): RequestListener =>
    (request, response) => {
      response.once('finish', () => count?.({ kind, status: String(response.statusCode) }))
      void admit(request, kind, method)
        .then((admitted) =>
          'status' in admitted ? refuse(request, response, admitted) : handle(request, response, admitted),
        )
        .catch((error: unknown) => {
          log.error({ error, kind }, 'a request of an agent failed')
          const message = 'the report could not be taken; send it again later'
          refuse(request, response, { status: 503, code: 'NOT_NOW', message, retryAfterSeconds: 30 })
        })
    }

  return {
    reports: listen('report', 'POST', takeReport),
    hints: listen('hints', 'GET', async (_, response, { credential, agent }) => {
      const key = `${agent.repository.id} ${placeKey(agent.place)}`
      if (credential.at <= (askedAt.get(key) ?? 0)) {
        const message = 'this asking is not newer than the one before'
        return refuse(undefined, response, { status: 409, code: 'REPORT_OLD', message })
      }
      askedAt.set(key, credential.at)
      streams.open(agent.repository.id, agent.place, response)
    }),
  }

  async function admit(
    request: IncomingMessage,
    kind: AgentCredential['purpose'],
    method: string,
  ): Promise<Admitted | Refusal> {
    if (request.method !== method)
      return { status: 405, code: 'METHOD', message: `${request.url} takes ${method}` }
    const header = request.headers[credentialHeader]
    const credential = readCredential(header)
    if (credential?.purpose !== kind)
      return {
        status: 401,
        code: 'AGENT_UNKNOWN',
        message: `the header ${credentialHeader} is missing or unreadable`,
      }
    const repository = options.repository(credential.repository)
    const keys = repository ? await options.keys(repository, credential.place) : []
    const headers = { credential: String(header), signature: request.headers[signatureHeader] }
    const refusal = refuseCredential(credential, headers, keys, clock.now())
    if (refusal) {
      log.warn(
        { code: refusal.code, place: credential.place, repository: credential.repository },
        'agent refused',
      )
      return { status: refusal.code === 'AGENT_CLOCK' ? 400 : 401, ...refusal }
    }
    return { credential, agent: { repository: repository as RepositoryRef, place: credential.place } }
  }

  async function takeReport(
    request: IncomingMessage,
    response: ServerResponse,
    { credential, agent }: Admitted,
  ): Promise<void> {
    if (reading >= mostAtOnce) {
      const message = 'too many reports at once'
      return refuse(request, response, { status: 503, code: 'NOT_NOW', message, retryAfterSeconds: 10 })
    }
    reading += 1
    try {
      const body = await readBody(request, { clock, maxBytes, timeoutMs: bodyTimeoutMs, keep: true })
      if (body.kind === 'aborted') return
      if (body.kind === 'too-slow')
        return refuse(undefined, response, {
          status: 408,
          code: 'TOO_SLOW',
          message: 'the body took too long',
        })
      if (body.kind === 'too-large') {
        const message = `the body is larger than ${maxBytes} bytes; serve the cluster in slices: --slice 1/4`
        return refuse(undefined, response, { status: 413, code: 'TOO_LARGE', message })
      }
      const report = readReport(Buffer.concat(body.chunks), credential)
      if ('status' in report) return refuse(undefined, response, report)
      const answer = await options.take(agent, report)
      if (answer.kind === 'identity-changed') log.warn({ place: agent.place }, answer.message)
      send(response, answer.kind === 'accepted' ? 200 : 409, answer)
    } finally {
      reading -= 1
    }
  }
}

interface Admitted {
  credential: AgentCredential
  agent: KnownAgent
}

function readReport(bytes: Buffer, credential: AgentCredential): Report | Refusal {
  if (hashOfBody(bytes) !== credential.body)
    return { status: 401, code: 'AGENT_UNKNOWN', message: 'the body is not the one that was signed for' }
  const text = bytes.toString('utf8')
  const fault = checkJson(text)
  if (fault)
    return { status: 400, code: 'REPORT_UNREADABLE', message: `the body is not acceptable: ${fault}` }
  const message = 'the body is no report; agent and app are of versions that do not fit'
  return parseReport(text) ?? { status: 400, code: 'REPORT_UNREADABLE', message }
}

function refuse(request: IncomingMessage | undefined, response: ServerResponse, refusal: Refusal): void {
  const { status, code, message, retryAfterSeconds } = refusal
  request?.resume()
  send(response, status, { code, message }, retryAfterSeconds)
}

function send(response: ServerResponse, status: number, body: unknown, retryAfterSeconds?: number): void {
  if (response.headersSent) return
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  })
  response.end(JSON.stringify(body))
}

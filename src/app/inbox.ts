import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Delivery, Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { checkJson } from './check-json.ts'
import { readBody } from './read-body.ts'

export const webhookPath = '/api/github/webhooks'

export interface InboxOptions {
  store: Pick<Store, 'inbox'>
  /** All are valid: two while a secret is being replaced. */
  secrets: string[]
  clock: Clock
  /** GitHub sends at most 25 MB. */
  maxBytes?: number
  /** The worker has something to look at. */
  onStored: () => void
  log?: Log
  telemetry?: Telemetry
}

/** A guessed secret opens everything; GitHub's own advice is a random one of high entropy. */
const minSecretLength = 24
const bodyTimeoutMs = 10_000
/** Bodies held in memory at once, in times of the largest; beyond that deliveries are refused and GitHub can redeliver. */
const bodiesInMemory = 8

/**
 * The door for webhooks: signed, bounded, durable, then acknowledged. Nothing is interpreted here.
 * Source of the signature: GitHub Docs, "Validating webhook deliveries".
 */
export function createInbox(options: InboxOptions): RequestListener {
  const { store, secrets, clock, maxBytes = 25 * 1024 * 1024, onStored, log, telemetry } = options
  refuseWeakSecrets(secrets)
  const count = telemetry?.counter({
    name: 'drawbridge_webhook_requests_total',
    help: 'Requests to the webhook address, by status of the answer.',
    labels: ['status'],
  })
  let bytesHeld = 0

  return (request, response) => {
    response.once('finish', () => count?.({ status: String(response.statusCode) }))
    void handle(request, response).catch((error: unknown) => {
      log?.error({ error }, 'webhook failed')
      answer(response, 500, 'internal error')
    })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = checkRequest(request)
    if (refusal) {
      request.resume()
      return answer(response, refusal.status, refusal.message, refusal.headers)
    }
    const signature = readSignature(request)
    const hmacs = signature ? secrets.map((secret) => createHmac('sha256', secret)) : []
    let held = 0
    const isFull = bytesHeld > bodiesInMemory * maxBytes
    const keep = signature !== undefined && !isFull
    const body = await readBody(request, {
      clock,
      maxBytes,
      timeoutMs: bodyTimeoutMs,
      keep,
      onChunk(chunk) {
        for (const hmac of hmacs) hmac.update(chunk)
        if (!keep) return
        held += chunk.length
        bytesHeld += chunk.length
      },
    })
    try {
      if (body.kind === 'aborted') return
      if (body.kind === 'too-slow') return answer(response, 408, 'the body took longer than 10 seconds')
      if (body.kind === 'too-large') return answer(response, 413, `the body is larger than ${maxBytes} bytes`)
      if (!signature || !isSignedByAny(hmacs, signature))
        return answer(response, 401, 'the signature is not ours')
      if (isFull) return answer(response, 503, 'too many deliveries at once', { 'retry-after': '60' })
      const delivery = readDelivery(request, Buffer.concat(body.chunks), clock)
      if (typeof delivery === 'string') return answer(response, 400, delivery)
      await accept(delivery, response)
    } finally {
      bytesHeld -= held
    }
  }

  async function accept(delivery: Delivery, response: ServerResponse): Promise<void> {
    try {
      const stored = await store.inbox.accept(delivery)
      if (stored === 'stored') onStored()
      answer(response, 202, stored)
    } catch (error) {
      log?.error({ delivery: delivery.id, event: delivery.event, error }, 'delivery not stored')
      answer(response, 503, 'the delivery could not be stored; redeliver it later', { 'retry-after': '60' })
    }
  }
}

function refuseWeakSecrets(secrets: string[]): void {
  const advice =
    'set the webhook secret to a random value, such as the output of "openssl rand -hex 32", here and in the GitHub App'
  if (secrets.length === 0) throw new Error(`no webhook secret: ${advice}`)
  const isWeak = secrets.some((secret) => secret.length < minSecretLength)
  if (isWeak) throw new Error(`a webhook secret is shorter than ${minSecretLength} characters: ${advice}`)
}

interface Refusal {
  status: number
  message: string
  headers?: Record<string, string>
}

function checkRequest(request: IncomingMessage): Refusal | undefined {
  if (request.url !== webhookPath) return { status: 404, message: `webhooks go to ${webhookPath}` }
  if (request.method !== 'POST') {
    return { status: 405, message: 'webhooks are sent by POST', headers: { allow: 'POST' } }
  }
  const [mediaType] = (request.headers['content-type'] ?? '').split(';')
  if (mediaType?.trim().toLowerCase() !== 'application/json') {
    return { status: 415, message: 'set the content type of the webhook to application/json' }
  }
  return undefined
}

/** Undefined where the header is missing, doubled or not the form `sha256=<64 hexadecimal digits>`. */
function readSignature(request: IncomingMessage): Buffer | undefined {
  const header = request.headers['x-hub-signature-256']
  const match =
    typeof header === 'string' && header.length === 71 ? /^sha256=([0-9a-f]{64})$/.exec(header) : null
  return match?.[1] ? Buffer.from(match[1], 'hex') : undefined
}

/** Compares with every secret, so that the time tells nothing about which one fits. */
function isSignedByAny(hmacs: Hmac[], signature: Buffer): boolean {
  return hmacs.map((hmac) => timingSafeEqual(hmac.digest(), signature)).includes(true)
}

/** The delivery, or why it is none. */
function readDelivery(request: IncomingMessage, bytes: Buffer, clock: Clock): Delivery | string {
  const event = request.headers['x-github-event']
  const id = request.headers['x-github-delivery']
  if (typeof event !== 'string' || !/^[a-z_]{1,64}$/.test(event))
    return 'X-GitHub-Event is not the name of an event'
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
  if (typeof id !== 'string' || !uuid.test(id)) return 'X-GitHub-Delivery is not a GUID'
  const body = decode(bytes)
  if (body === undefined) return 'the body is not UTF-8'
  const problem = checkJson(body)
  if (problem) return `the body is not acceptable: ${problem}`
  return { id: id.toLowerCase(), event, body, receivedAt: clock.now() }
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function answer(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(status < 300 ? { status: message } : { error: message }))
}

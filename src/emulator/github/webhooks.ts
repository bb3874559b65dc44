import { createHmac } from 'node:crypto'
import type { Instant } from '../../domain/refs.ts'
import type { Hub } from './hub.ts'
import { organization, user } from './present/account.ts'
import { nodeId } from './present/basics.ts'
import { repository as presentRepository } from './present/repository.ts'
import { nextId, type Account, type App, type Installation, type Repository } from './state.ts'

export interface Webhooks {
  /** Tells every app that is installed on the repository, subscribed to the event and permitted to see it. */
  emit(event: string, about: Repository, sender: Account, payload: Payload, only?: App): void
  /** Tells one app about its own installation. */
  emitToApp(event: string, installation: Installation, sender: Account, payload: Payload): void
  ping(app: App): void
  deliveries: WebhookDelivery[]
  redeliver(id: number): WebhookDelivery | undefined
  /** Resolves when every webhook that is due was sent and answered. */
  settled(): Promise<void>
}

type Payload = Record<string, unknown>

export interface WebhookDelivery {
  id: number
  guid: string
  app: App
  installation?: Installation
  repository?: Repository
  event: string
  action: string | null
  /** The raw body as signed. */
  body: string
  createdAt: Instant
  deliveredAt?: Instant
  durationMs: number
  isRedelivery: boolean
  /** HTTP status; 0 where nobody answered. Undefined: not sent (yet). */
  statusCode?: number
  status: string
  requestHeaders: Record<string, string>
  responseHeaders: Record<string, string>
  responseBody: string
}

/** The permission an app needs to be told. */
const permissionOfEvent: Record<string, string> = {
  pull_request: 'pull_requests',
  pull_request_review: 'pull_requests',
  issue_comment: 'issues,pull_requests',
  push: 'contents',
  merge_group: 'merge_queues',
  check_run: 'checks',
  check_suite: 'checks',
  status: 'statuses',
  deployment: 'deployments',
  deployment_status: 'deployments',
}

/** GitHub ends a delivery after this. */
const answerTimeoutMs = 10_000
/** Payloads above this are not sent. */
const largestBody = 25 * 1024 * 1024

export function createWebhooks(hub: () => Hub, send: typeof fetch): Webhooks {
  const deliveries: WebhookDelivery[] = []
  /** The last delivery of each app: the next one waits for it, so that tests read one order. */
  const queues = new Map<App, Promise<void>>()
  const underway = new Set<Promise<void>>()
  const held = new Map<App, WebhookDelivery[]>()

  const enqueue = (delivery: WebhookDelivery) => {
    const before = queues.get(delivery.app) ?? Promise.resolve()
    const delay = hub().chaos.webhookDelayMs
    const work = async () => {
      if (delay > 0) {
        await hub().clock.sleep(delay)
      } else {
        await before
      }
      await deliver(hub(), delivery, send)
    }
    const sent = work().finally(() => underway.delete(sent))
    underway.add(sent)
    queues.set(delivery.app, sent)
  }

  const dispatch = (delivery: WebhookDelivery) => {
    const fault = hub().chaos.takeWebhookFault(delivery.event)
    if (fault === 'lose') return
    if (fault === 'hold') {
      held.set(delivery.app, [...(held.get(delivery.app) ?? []), delivery])
      return
    }
    enqueue(delivery)
    if (fault === 'duplicate') enqueue(delivery)
    const late = held.get(delivery.app) ?? []
    held.delete(delivery.app)
    for (const each of late) enqueue(each)
  }

  const create = (
    app: App,
    event: string,
    payload: Payload,
    about: { installation?: Installation; repository?: Repository },
  ) => {
    if (!app.webhookUrl) return
    const body = JSON.stringify(payload)
    if (Buffer.byteLength(body) > largestBody) return
    const guid = hub().random.uuid()
    const delivery: WebhookDelivery = {
      id: nextId(hub().state),
      guid,
      app,
      ...about,
      event,
      action: typeof payload.action === 'string' ? payload.action : null,
      body,
      createdAt: hub().clock.now(),
      durationMs: 0,
      isRedelivery: false,
      status: 'pending',
      requestHeaders: headersFor(app, event, guid, body),
      responseHeaders: {},
      responseBody: '',
    }
    deliveries.push(delivery)
    dispatch(delivery)
  }

  return {
    deliveries,
    emit(event, about, sender, payload, only) {
      for (const installation of hub().state.installations) {
        if (only && installation.app !== only) continue
        if (!installation.repositories.has(about) || installation.suspended) continue
        if (!isToldAbout(installation, event)) continue
        const owner = about.owner.type === 'Organization' ? organization(hub(), about.owner) : undefined
        const whole = {
          ...payload,
          repository: presentRepositoryForWebhook(hub(), about, event),
          ...(owner && { organization: owner }),
          sender: user(hub(), sender),
          installation: { id: installation.id, node_id: nodeId('Installation', installation.id) },
        }
        create(installation.app, event, whole, { installation, repository: about })
      }
    },
    emitToApp(event, installation, sender, payload) {
      create(installation.app, event, { ...payload, sender: user(hub(), sender) }, { installation })
    },
    ping(app) {
      const hookConfig = { content_type: 'json', insecure_ssl: '0', secret: '********', url: app.webhookUrl }
      const hook = {
        type: 'App',
        id: app.id,
        name: 'web',
        active: true,
        events: app.events,
        config: hookConfig,
        url: `${hub().url}/api/v3/app/hook`,
        ping_url: `${hub().url}/api/v3/app/hook/pings`,
        updated_at: new Date(app.createdAt).toISOString(),
        created_at: new Date(app.createdAt).toISOString(),
        app_id: app.id,
        deliveries_url: `${hub().url}/api/v3/app/hook/deliveries`,
      }
      create(app, 'ping', { zen: 'Practicality beats purity.', hook_id: app.id, hook }, {})
    },
    redeliver(id) {
      const original = deliveries.find((delivery) => delivery.id === id)
      if (!original) return undefined
      const again: WebhookDelivery = {
        ...original,
        id: nextId(hub().state),
        createdAt: hub().clock.now(),
        deliveredAt: undefined,
        isRedelivery: true,
        statusCode: undefined,
        status: 'pending',
      }
      deliveries.push(again)
      enqueue(again)
      return again
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway)
    },
  }
}

function isToldAbout(installation: Installation, event: string): boolean {
  if (event.startsWith('installation')) return true
  const needed = permissionOfEvent[event]?.split(',')
  const isPermitted = !needed || needed.some((permission) => permission in installation.permissions)
  return isPermitted && installation.app.events.includes(event)
}

/** Push payloads carry times as Unix seconds. */
function presentRepositoryForWebhook(hub: Hub, about: Repository, event: string) {
  const shown = presentRepository(hub, about)
  if (event !== 'push') return shown
  const seconds = (instant: Instant) => Math.floor(instant / 1000)
  return {
    ...shown,
    created_at: seconds(about.createdAt),
    pushed_at: seconds(about.pushedAt),
    url: `${hub.url}/${about.owner.login}/${about.name}`,
    stargazers: 0,
    master_branch: about.defaultBranch,
  }
}

function headersFor(app: App, event: string, guid: string, body: string): Record<string, string> {
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/emulated',
    'x-github-event': event,
    'x-github-delivery': guid,
    'x-github-hook-id': String(app.id),
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature': `sha1=${createHmac('sha1', app.webhookSecret).update(body).digest('hex')}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(body).digest('hex')}`,
  }
}

/** Sends once. What comes of it is recorded; GitHub never tries again by itself. */
async function deliver(hub: Hub, delivery: WebhookDelivery, send: typeof fetch): Promise<void> {
  const started = hub.clock.now()
  const stop = new AbortController()
  const finished = new AbortController()
  void hub.clock.sleep(answerTimeoutMs, finished.signal).then(() => stop.abort())
  try {
    const response = await send(delivery.app.webhookUrl!, {
      method: 'POST',
      headers: delivery.requestHeaders,
      body: delivery.body,
      signal: stop.signal,
      redirect: 'manual',
    })
    delivery.responseBody = (await response.text()).slice(0, 10_000)
    delivery.responseHeaders = Object.fromEntries(response.headers)
    delivery.statusCode = response.status
    delivery.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`
  } catch {
    delivery.statusCode = 0
    delivery.status = stop.signal.aborted ? 'timed out' : 'failed to connect to host'
  }
  finished.abort()
  delivery.deliveredAt = hub.clock.now()
  delivery.durationMs = delivery.deliveredAt - started
}

import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { alertsPath } from './alert-door.ts'
import { hintsPath, reportsPath } from './agent-door.ts'
import type { Health } from './health.ts'
import { webhookPath } from './inbox.ts'

export interface ServerOptions {
  inbox: RequestListener
  agents: { reports: RequestListener; hints: RequestListener }
  alerts: RequestListener
  health: Health
  telemetry: Telemetry
  /** Everything else: the dashboard, as a fetch handler. */
  fallback: (request: Request) => Response | Promise<Response>
  clock: Clock
  log: Log
}

export interface AppServer {
  /** Port 0 takes any free one. Resolves to the address with the port in use. */
  listen(port: number, host: string): Promise<{ url: string; port: number }>
  /** Takes no new connection, lets requests end, then closes what is left (streams of the dashboard). */
  close(): Promise<void>
}

/** A client gets this long for its headers, and for a whole request; the inbox is stricter with bodies. */
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
/** How often Node looks for connections over these limits. */
const checkIntervalMs = 1_000
const closeGraceMs = 3_000

/** One port for webhooks, agents, alerts, probes, metrics and the dashboard. */
export function createAppServer(options: ServerOptions): AppServer {
  const { inbox, agents, alerts, health, telemetry, fallback, clock, log } = options
  const dashboard = getRequestListener((request) => fallback(request))
  const routes = new Map<string, RequestListener>([
    [webhookPath, inbox],
    [reportsPath, agents.reports],
    [hintsPath, agents.hints],
    [alertsPath, alerts],
    ['/healthz', (_, response) => void probe(response)],
    ['/metrics', (_, response) => void expose(response)],
  ])
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkIntervalMs,
    },
    (request, response) => {
      const route = routes.get(request.url ?? '')
      if (route) route(request, response)
      else void dashboard(request, response)
    },
  )

  return {
    async listen(port, host) {
      server.listen(port, host)
      await once(server, 'listening')
      const address = server.address() as AddressInfo
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
      return { url: `http://${name}:${address.port}`, port: address.port }
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const over = new AbortController()
      await Promise.race([closed, clock.sleep(closeGraceMs, over.signal)])
      over.abort()
      server.closeAllConnections()
      await closed
    },
  }

  async function probe(response: ServerResponse): Promise<void> {
    const report = await health.check()
    if (report.status !== 'ok') log.warn({ ...report }, 'not healthy')
    response.writeHead(report.status === 'ok' ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify(report))
  }

  async function expose(response: ServerResponse): Promise<void> {
    try {
      const { contentType, text } = await telemetry.expose()
      response.writeHead(200, { 'content-type': contentType })
      response.end(text)
    } catch (error) {
      log.warn({ error }, 'metrics not read')
      response.writeHead(500)
      response.end()
    }
  }
}

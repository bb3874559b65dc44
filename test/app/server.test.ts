import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTelemetry } from '../../src/adapters/telemetry/prometheus-telemetry.ts'
import type { HealthReport } from '../../src/app/health.ts'
import { type AppServer, createAppServer } from '../../src/app/server.ts'
import { createEmulatedClock, type EmulatedClock } from '../../src/emulator/clock.ts'
import type { Telemetry } from '../../src/ports/telemetry.ts'
import { aLog } from './worker-fakes.ts'

let clock: EmulatedClock
let server: AppServer
let telemetry: Telemetry
let report: HealthReport
let url: string

beforeEach(async () => {
  clock = createEmulatedClock(0)
  telemetry = createTelemetry()
  report = { status: 'ok', reason: '' }
  server = createAppServer({
    inbox: (_, response) => void response.writeHead(202).end(),
    agents: {
      reports: (_, response) => void response.writeHead(409).end(),
      hints: (_, response) => void response.writeHead(401).end(),
    },
    alerts: (_, response) => void response.writeHead(405).end(),
    health: { check: async () => report },
    telemetry,
    fallback: (request) =>
      request.url.endsWith('/events')
        ? new Response(
            new ReadableStream({
              start: (stream) => stream.enqueue(new TextEncoder().encode('data: 1\n\n')),
            }),
          )
        : new Response(`page ${new URL(request.url).pathname}`),
    clock,
    log: aLog(),
  })
  ;({ url } = await server.listen(0, '127.0.0.1'))
})
afterEach(() => server.close())

it('hands each path to its part', async () => {
  expect((await fetch(`${url}/api/github/webhooks`, { method: 'POST' })).status).toBe(202)
  expect((await fetch(`${url}/agents/reports`, { method: 'POST' })).status).toBe(409)
  expect((await fetch(`${url}/agents/hints`)).status).toBe(401)
  expect(await (await fetch(`${url}/board`)).text()).toBe('page /board')
  expect(await (await fetch(`${url}/healthz/else`)).text()).toBe('page /healthz/else')
})

it('answers the probe with 200 or 503 and the reason', async () => {
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  report = { status: 'stalled', reason: 'nothing has ended' }
  const response = await fetch(`${url}/healthz`)
  expect(response.status).toBe(503)
  expect(await response.json()).toEqual(report)
})

it('shows the metrics', async () => {
  telemetry.counter({ name: 'drawbridge_writes_total', help: 'Writes.', labels: ['kind'] })(
    { kind: 'check' },
    3,
  )
  const response = await fetch(`${url}/metrics`)
  expect(response.headers.get('content-type')).toContain('text/plain')
  expect(await response.text()).toContain('drawbridge_writes_total{kind="check"} 3')
})

it('closes at once when nobody is connected, and ends open streams after the grace', async () => {
  const stream = await fetch(`${url}/events`)
  const closing = server.close()
  await expect(fetch(`${url}/board`)).rejects.toThrow('fetch failed')
  await clock.advance(3_000)
  await closing
  await expect(stream.text()).rejects.toThrow('terminated')
  await server.close()
})

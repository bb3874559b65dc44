import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../ports/clock.ts'
import { evaluatePromql, type Value } from './evaluate-promql.ts'
import { type Expression, parsePromql } from './parse-promql.ts'
import { createCounters, type Series, type TrafficFlow } from './traffic.ts'

/** How the server can be broken: gone, never answering, complaining, or answering what nobody can use. */
export type Fault = 'none' | 'down' | 'slow' | 'warnings' | 'empty' | 'nan'

export interface PrometheusEmulator {
  listen(port?: number): Promise<{ url: string }>
  close(): Promise<void>
  /** Counts up to now. Called at every query; call it also right before and after the story changes the traffic. */
  catchUp(): void
  setFault(fault: Fault): void
}

interface Answer {
  status: number
  body: unknown
}

const maxSteps = 11_000

/** A Prometheus in a box: counters over the given clock, and the query API for the PromQL that the product uses. */
export function createPrometheusEmulator(options: {
  clock: Clock
  traffic: () => TrafficFlow[]
}): PrometheusEmulator {
  const { clock, traffic } = options
  const counters = createCounters(clock, traffic)
  const stopped = new AbortController()
  let fault: Fault = 'none'
  counters.catchUp()

  const server = createServer((request, response) => void serve(request, response))

  return {
    listen: (port = 0) =>
      new Promise((resolve) => {
        server.listen(port, '127.0.0.1', () => {
          const address = server.address()
          void follow()
          resolve({ url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}` })
        })
      }),
    close() {
      stopped.abort()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
    catchUp: () => void counters.catchUp(),
    setFault: (next) => void (fault = next),
  }

  /** Looks at the traffic every second of the clock, so that a change counts from about when it was made. */
  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(1_000, stopped.signal)
      counters.catchUp()
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, form } = await readForm(request)
    if (fault === 'down') {
      response.destroy()
      return
    }
    if (fault === 'slow') return
    const { status, body } = answer(path, form)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  function answer(path: string, form: URLSearchParams): Answer {
    const series = counters.catchUp()
    try {
      const expression = parsePromql(form.get('query') ?? '')
      if (path === '/api/v1/query') return success(instant(expression, series, form))
      if (path === '/api/v1/query_range') return success(range(expression, series, form))
      return { status: 404, body: { status: 'error', errorType: 'not_found', error: 'no such path' } }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { status: 400, body: { status: 'error', errorType: 'bad_data', error: reason } }
    }
  }

  function instant(expression: Expression, series: Series[], form: URLSearchParams): unknown {
    const at = form.has('time') ? toMs(form.get('time')) : clock.now()
    const value = fault === 'empty' ? [] : evaluatePromql(expression, series, at)
    const write = (number: number) => [at / 1000, format(fault === 'nan' ? Number.NaN : number)]
    if (typeof value === 'number') return { resultType: 'scalar', result: write(value) }
    return {
      resultType: 'vector',
      result: value.map((sample) => ({ metric: sample.labels, value: write(sample.value) })),
    }
  }

  function range(expression: Expression, series: Series[], form: URLSearchParams): unknown {
    const [start, end, step] = [toMs(form.get('start')), toMs(form.get('end')), toMs(form.get('step'))]
    if (step <= 0 || (end - start) / step > maxSteps) throw new Error('too many steps')
    const rows = new Map<string, { metric: Record<string, string>; values: unknown[] }>()
    if (fault === 'empty') return { resultType: 'matrix', result: [] }
    for (let at = start; at <= end; at += step) {
      for (const { labels, value } of toVector(evaluatePromql(expression, series, at))) {
        const key = JSON.stringify(labels)
        const row = rows.get(key) ?? { metric: labels, values: [] }
        row.values.push([at / 1000, format(fault === 'nan' ? Number.NaN : value)])
        rows.set(key, row)
      }
    }
    return { resultType: 'matrix', result: [...rows.values()] }
  }

  function success(data: unknown): Answer {
    const warnings =
      fault === 'warnings' ? { warnings: ['a store did not answer: the result is partial'] } : {}
    return { status: 200, body: { status: 'success', data, ...warnings } }
  }
}

function toVector(value: Value) {
  return typeof value === 'number' ? [{ labels: {}, value }] : value
}

function toMs(seconds: string | null): number {
  const value = Number(seconds ?? Number.NaN)
  if (!Number.isFinite(value)) throw new Error('not a time')
  return value * 1000
}

function format(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}

/** Parameters come in the address or as a form. */
async function readForm(request: IncomingMessage): Promise<{ path: string; form: URLSearchParams }> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  let body = ''
  for await (const chunk of request) body += String(chunk)
  for (const [key, value] of new URLSearchParams(body)) searchParams.set(key, value)
  return { path: pathname, form: searchParams }
}

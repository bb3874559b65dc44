import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { RepositoryRef } from '../domain/refs.ts'
import type { PageObject, ReviewPage } from '../features/review/review-page.ts'
import type { Ports } from '../journeys/ports.ts'
import type { Log } from '../ports/log.ts'
import { auditPage } from './audit-page.ts'
import { type Board, type EnvironmentOrder, toBoards } from './board.ts'
import { boardFragment, boardPage } from './board-page.ts'
import { browserScript } from './browser-script.ts'
import type { Changes } from './changes.ts'
import { followChanges } from './follow-changes.ts'
import { messagePage } from './layout.ts'
import { reviewPage } from './review-page.ts'
import { securityHeaders } from './security-headers.ts'
import { sendPieces } from './send-pieces.ts'
import { stylesheet } from './stylesheet.ts'

/** Rows of the audit that one page shows. */
const auditRows = 200

export interface DashboardPorts extends Pick<Ports, 'store' | 'clock'> {
  changes: Changes
  /** The cache key under which a pull request's review is kept; undefined: no such pull request is known. */
  reviewKey(owner: string, name: string, number: number): string | undefined
  /** The cache key of a part of such a review. */
  partKey(part: string): string
  /** A repository's environments as configured, for the order of the board's columns; by name where it is not given or fails. */
  environments?(repository: RepositoryRef): Promise<EnvironmentOrder>
  log?: Log
}

/** The web pages and their read API. It only reads: whatever changes something is a command on the pull request. */
export function createDashboard(ports: DashboardPorts): (request: Request) => Response | Promise<Response> {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value)
    if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store')
  })

  app.get('/', async (context) => context.html(boardPage(await readBoards(ports))))
  app.get('/board', async (context) => context.html(boardFragment(await readBoards(ports))))
  app.get('/api/board', async (context) => context.json(await readBoards(ports)))
  app.get('/audit', async (context) => {
    const subject = context.req.query('subject') || undefined
    const rows = await ports.store.audit.list({ subject, limit: auditRows })
    return context.html(auditPage(rows, subject))
  })
  app.get('/pulls/:owner/:name/:number{[0-9]{1,15}}', async (context) => {
    const { owner, name, number } = context.req.param()
    const key = ports.reviewKey(owner, name, Number(number))
    const page = key === undefined ? undefined : await readJson<ReviewPage>(ports, key)
    if (!page?.groups) {
      const sentence = `No review of ${owner}/${name}#${number} is kept. Comment /recheck on the pull request to make one.`
      return context.html(messagePage('Not found', sentence), 404)
    }
    const pieces = reviewPage(`${owner}/${name}`, number, page, (part) =>
      readJson<PageObject[]>(ports, ports.partKey(part)),
    )
    return sendPieces(context, pieces, (error) => report(error, context.req.path))
  })
  app.get('/events', (context) => streamSSE(context, (stream) => followChanges(stream, ports)))
  app.get('/dashboard.css', (context) => context.body(stylesheet, 200, { 'Content-Type': 'text/css' }))
  app.get('/dashboard.js', (context) =>
    context.body(browserScript, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
  app.notFound((context) => context.html(messagePage('Not found', 'There is no such page.'), 404))
  app.onError((error, context) => {
    report(error, context.req.path)
    return context.html(messagePage('Not now', 'What this page shows cannot be read at the moment.'), 503)
  })
  return app.fetch

  function report(error: unknown, path: string): void {
    ports.log?.error({ err: error, path }, 'a page of the dashboard failed')
  }
}

async function readJson<T>({ store }: DashboardPorts, key: string): Promise<T | undefined> {
  const content = await store.cache.get(key)
  return content && (JSON.parse(Buffer.from(content).toString('utf8')) as T)
}

async function readBoards(ports: DashboardPorts): Promise<Board[]> {
  const entries = await ports.store.releases.list()
  const repositories = new Map(entries.map(({ repository }) => [repository.id, repository]))
  const orders = new Map<string, EnvironmentOrder>()
  for (const repository of repositories.values()) {
    // The order is a comfort: a configuration that cannot be read must not hide what runs.
    const order = await ports.environments?.(repository).catch(() => undefined)
    if (order) orders.set(repository.id, order)
  }
  return toBoards(entries, orders)
}

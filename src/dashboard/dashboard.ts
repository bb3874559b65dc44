import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Ports } from '../journeys/ports.ts'
import { toBoards } from './board.ts'
import type { Changes } from './changes.ts'
import { auditPage, boardFragment, boardPage, layout, type ReviewPage, reviewPage } from './pages.ts'
import { html } from 'hono/html'

/** Rows of the audit that one page shows. */
const auditRows = 200

/** Keeps proxies from closing an idle stream. */
const heartbeatMs = 20_000

export interface DashboardPorts extends Pick<Ports, 'store' | 'clock'> {
  changes: Changes
  /** The cache key under which a pull request's review is kept; undefined: no such pull request is known. */
  reviewKey(owner: string, name: string, number: number): string | undefined
}

/** The web pages and their read API. It only reads: whatever changes something is a command on the pull request. */
export function createDashboard(ports: DashboardPorts): (request: Request) => Response | Promise<Response> {
  const app = new Hono()
  const boards = async () => toBoards(await ports.store.releases.list())

  app.get('/', async (context) => context.html(boardPage(await boards())))
  app.get('/board', async (context) => context.html(boardFragment(await boards())))
  app.get('/api/board', async (context) => context.json(await boards()))
  app.get('/audit', async (context) =>
    context.html(auditPage(await ports.store.audit.list({ limit: auditRows }))),
  )
  app.get('/pulls/:owner/:name/:number{[0-9]+}', async (context) => {
    const { owner, name, number } = context.req.param()
    const key = ports.reviewKey(owner, name, Number(number))
    const content = key && (await ports.store.cache.get(key))
    if (!content)
      return context.html(
        layout(
          'Not found',
          html`<p class="empty">
            No review of ${owner}/${name}#${number} is kept. Comment /recheck on the pull request to make one.
          </p>`,
        ),
        404,
      )
    const page = JSON.parse(Buffer.from(content).toString('utf8')) as ReviewPage
    return context.html(reviewPage(`${owner}/${name}`, number, page))
  })
  app.get('/events', (context) =>
    streamSSE(context, async (stream) => {
      const stop = new AbortController()
      stream.onAbort(() => stop.abort())
      const unsubscribe = ports.changes.subscribe(() => void stream.writeSSE({ data: 'changed' }))
      while (!stop.signal.aborted) {
        await ports.clock.sleep(heartbeatMs, stop.signal)
        if (!stop.signal.aborted) await stream.writeSSE({ event: 'heartbeat', data: '' })
      }
      unsubscribe()
    }),
  )
  app.notFound((context) =>
    context.html(layout('Not found', html`<p class="empty">There is no such page.</p>`), 404),
  )
  return app.fetch
}

import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { PullRef, RepositoryRef } from '../domain/refs.ts'
import type { PageObject, ReviewPage } from '../features/review/review-page.ts'
import type { SloStanding } from '../features/slo/slo-standing.ts'
import type { TimelineEntry } from '../features/rollback/release-timeline.ts'
import type { Ports } from '../journeys/ports.ts'
import type { Log } from '../ports/log.ts'
import { type Access, checkAccess, readable, readsEverything, type Visitor } from './access.ts'
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
import { addReleaseRoutes } from './release-routes.ts'
import { addSignIn } from './sign-in-routes.ts'
import { stylesheet } from './stylesheet.ts'

/** Rows of the audit that one page shows. */
const auditRows = 200

export interface DashboardPorts extends Pick<Ports, 'store' | 'clock'> {
  changes: Changes
  access: Access
  /** The repositories of this app, as known since the last look. */
  repositories(): RepositoryRef[]
  named(owner: string, name: string): RepositoryRef | undefined
  /** The cache key under which a pull request's review is kept. */
  reviewKey(pull: PullRef): string
  /** The cache key of a part of such a review. */
  partKey(part: string): string
  /** A repository's environments as configured, for the order of the board's columns; by name where it is not given or fails. */
  environments?(repository: RepositoryRef): Promise<EnvironmentOrder>
  /** How a repository's SLOs stand, measured now. */
  slos(repository: RepositoryRef): Promise<SloStanding[]>
  /** What of an application was released to an environment, newest first; empty where nothing was. */
  timeline(repository: RepositoryRef, environment: string, application: string): Promise<TimelineEntry[]>
  log?: Log
}

/** The web pages and their read API. It only reads: whatever changes something is a command on the pull request. */
export function createDashboard(ports: DashboardPorts): (request: Request) => Response | Promise<Response> {
  const { access } = ports
  const app = new Hono<Visitor>()
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value)
    if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store')
  })
  app.use(checkAccess(access))
  if (access.kind === 'readers') addSignIn(app, access)

  app.get('/', async (context) => context.html(boardPage(await boardsFor(context), loginOf(context))))
  app.get('/board', async (context) => context.html(boardFragment(await boardsFor(context))))
  app.get('/api/board', async (context) => context.json(await boardsFor(context)))
  app.get('/audit', async (context) => {
    // A row may tell of any repository: whoever may not read one of them sees none.
    if (!(await readsEverything(access, context, ports.repositories()))) {
      return context.html(messagePage('Not shown', wholeAudit, loginOf(context)), 403)
    }
    const subject = context.req.query('subject') || undefined
    const rows = await ports.store.audit.list({ subject, limit: auditRows })
    return context.html(auditPage(rows, subject, loginOf(context)))
  })
  app.get('/pulls/:owner/:name/:number{[0-9]{1,15}}', async (context) => {
    const { owner, name, number } = context.req.param()
    const known = ports.named(owner, name)
    const [repository] = await readable(access, context, known ? [known] : [])
    const page =
      repository &&
      (await readJson<ReviewPage>(ports, ports.reviewKey({ repository, number: Number(number) })))
    if (!page?.groups) {
      // The same words for what is not there and for what is not for this reader.
      const sentence = `No review of ${owner}/${name}#${number} is kept. Comment /recheck on the pull request to make one.`
      return context.html(messagePage('Not found', sentence, loginOf(context)), 404)
    }
    const pull = { name: `${owner}/${name}`, number, login: loginOf(context) }
    const pieces = reviewPage(pull, page, (part) => readJson<PageObject[]>(ports, ports.partKey(part)))
    return sendPieces(context, pieces, (error) => report(error, context.req.path))
  })
  addReleaseRoutes(app, ports)
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

  async function boardsFor(context: Context<Visitor>): Promise<Board[]> {
    const entries = await ports.store.releases.list()
    const repositories = new Map(entries.map(({ repository }) => [repository.id, repository]))
    const shown = await readable(access, context, [...repositories.values()])
    const ids = new Set(shown.map(({ id }) => id))
    return readBoards(
      ports,
      entries.filter(({ repository }) => ids.has(repository.id)),
      shown,
    )
  }

  function report(error: unknown, path: string): void {
    ports.log?.error({ err: error, path }, 'a page of the dashboard failed')
  }
}

async function readJson<T>({ store }: DashboardPorts, key: string): Promise<T | undefined> {
  const content = await store.cache.get(key)
  return content && (JSON.parse(Buffer.from(content).toString('utf8')) as T)
}

async function readBoards(
  ports: DashboardPorts,
  entries: Parameters<typeof toBoards>[0],
  repositories: readonly RepositoryRef[],
): Promise<Board[]> {
  const orders = new Map<string, EnvironmentOrder>()
  for (const repository of repositories) {
    // The order is a comfort: a configuration that cannot be read must not hide what runs.
    const order = await ports.environments?.(repository).catch(() => undefined)
    if (order) orders.set(repository.id, order)
  }
  return toBoards(entries, orders)
}

function loginOf(context: Context<Visitor>): string | undefined {
  return context.get('reader')?.login
}

const wholeAudit = 'The audit tells of every repository of this app: only who may read all of them sees it.'

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { ChildProcesses } from '../../ports/child-process.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import { createChaos, type Chaos } from './chaos.ts'
import { readExchange } from './exchange.ts'
import { answerGit, gitAddress } from './git-http.ts'
import { createGitStore } from './git-store.ts'
import { answerGraphql, graphqlPath } from './graphql.ts'
import type { Hub, RequestRecord } from './hub.ts'
import { createLimits, type LimitValues } from './limits.ts'
import { createPages } from './pages/pages.ts'
import { createPerson, type Person } from './person.ts'
import { rememberAnswers } from './remember-answers.ts'
import { answerRest } from './rest.ts'
import { createSeeding, type Seeding } from './seeding.ts'
import {
  createState,
  type CheckRun,
  type IssueComment,
  type Pull,
  type Repository,
  type State,
} from './state.ts'
import { createWebhooks, type WebhookDelivery } from './webhooks.ts'

export interface GitHubEmulatorOptions {
  clock: Clock
  random: Random
  /** Runs git. */
  children: ChildProcesses
  /** Where the bare repositories live. */
  folder: string
  /** Sends the webhooks. */
  fetch?: typeof fetch
  limits?: Partial<LimitValues>
}

/** A GitHub in a box: REST below `/api/v3`, git over HTTP, webhooks, and pages for people, all on one address. */
export interface GitHubEmulator extends Seeding {
  state: State
  chaos: Chaos
  requests: RequestRecord[]
  /** '' until it listens. */
  url(): string
  listen(port?: number): Promise<{ url: string; close(): Promise<void> }>
  as(login: string): Person
  /** Turns rate limits on or changes them. */
  setLimits(limits: Partial<LimitValues>): void
  pull(repository: Repository, number: number): Pull
  /** Of the commit at the tip of a branch; '' where there is no such branch. */
  commitMessage(repository: Repository, branch: string): Promise<string>
  comments(pull: Pull): IssueComment[]
  /** Check runs of a commit, oldest first. */
  checks(repository: Repository, sha: string): CheckRun[]
  deliveries(): WebhookDelivery[]
  redeliver(id: number): void
  /** Resolves when webhooks and background work are done. */
  settled(): Promise<void>
}

export function createGitHubEmulator(options: GitHubEmulatorOptions): GitHubEmulator {
  const { clock, random, children } = options
  const state = createState()
  const webhooks = createWebhooks(() => hub, options.fetch ?? fetch)
  const hub: Hub = {
    state,
    clock,
    random,
    children,
    webhooks,
    git: rememberAnswers(createGitStore(children, options.folder)),
    chaos: createChaos(),
    limits: createLimits(),
    requests: [],
    url: '',
    background: new Set(),
  }
  hub.limits.set(options.limits ?? {})
  const seeding = createSeeding(hub)

  return {
    ...seeding,
    state,
    chaos: hub.chaos,
    requests: hub.requests,
    url: () => hub.url,
    listen: (port = 0) => listen(hub, port),
    as: (login) => createPerson(hub, { account: seeding.account(login) }),
    setLimits: (limits) => hub.limits.set(limits),
    pull(repository, number) {
      const pull = repository.pulls.get(number)
      if (!pull) throw new Error(`there is no pull request #${number} in ${repository.name}`)
      return pull
    },
    async commitMessage({ folder }, branch) {
      const sha = await hub.git.resolve(folder, `refs/heads/${branch}`)
      return sha === undefined ? '' : ((await hub.git.commits(folder, '-1', sha))[0]?.message ?? '')
    },
    comments: (pull) => pull.comments,
    checks: (repository, sha) => repository.runs.filter((run) => run.suite.sha === sha),
    deliveries: () => webhooks.deliveries,
    redeliver: (id) => void webhooks.redeliver(id),
    async settled() {
      while (hub.background.size > 0) await Promise.all(hub.background)
      await webhooks.settled()
    },
  }
}

async function listen(hub: Hub, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const pages = createPages(hub)
  const answerPage = getRequestListener(
    async (request) => (await pages(request)) ?? new Response('Not Found', { status: 404 }),
  )
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://emulator.invalid').pathname
    const isPage = !path.startsWith('/api/v3') && path !== graphqlPath && !gitAddress(path)
    if (isPage) return void answerPage(request, response)
    void (async () => {
      const exchange = await readExchange(hub, request, response)
      try {
        const { pathname } = exchange.url
        if (gitAddress(pathname)) await answerGit(hub, exchange)
        else if (pathname === graphqlPath) await answerGraphql(hub, exchange)
        else await answerRest(hub, exchange)
      } catch (error) {
        // A fault of the emulator itself: shown whole, since only tests and demos read it.
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
        exchange.send(
          500,
          { 'content-type': 'application/json' },
          JSON.stringify({ message: `emulator: ${text}` }),
        )
      }
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: hub.url,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

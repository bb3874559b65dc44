import { ApiError } from './api-error.ts'
import { authenticate, doerOf, isGranted, type Viewer } from './auth.ts'
import type { RequestFault } from './chaos.ts'
import type { Exchange } from './exchange.ts'
import { answerCheckRuns, changeCheckRuns } from './graphql-checks.ts'
import type { Hub } from './hub.ts'
import { limitKey } from './limits.ts'
import { enqueuePull, isQueued } from './merge-queue.ts'
import { nodeId, timeOrNull } from './present/basics.ts'
import { protectionOf } from './protection.ts'
import { findRepository, type IssueComment, type Repository } from './state.ts'

export const graphqlPath = '/api/graphql'

/**
 * What REST cannot answer or do: a comment by its node id, with its body and when it was last edited; how a branch takes
 * merges; the places of a merge queue, and putting a pull request there; the check runs of many commits, and changing them.
 */
export async function answerGraphql(hub: Hub, exchange: Exchange): Promise<void> {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  const { query = '', variables = {} } = toQuestion(exchange.body)
  const path = `${graphqlPath}${whatChanges(query)}`
  const fault = hub.chaos.takeFault(`POST ${path}`)
  const lag = hub.chaos.lagOf(`POST ${path}`)
  if (lag > 0) await hub.clock.sleep(lag)
  if (fault && fault.afterEffect !== true) return fail(hub, exchange, path, fault)
  const send = (status: number, by: string, body: unknown, headers = {}) => {
    if (fault) return fail(hub, exchange, path, fault)
    const at = hub.clock.now()
    hub.requests.push({ method: exchange.method, route: path, path, status, by, at })
    exchange.send(status, { ...type, ...headers }, JSON.stringify(body))
  }
  try {
    const now = hub.clock.now()
    const viewer = authenticate(hub.state, exchange.headers.get('authorization'), now)
    const by = doerOf(viewer)?.account.login ?? ''
    if (viewer.kind !== 'installation' && viewer.kind !== 'user') {
      throw new ApiError(401, 'This endpoint requires you to be authenticated.')
    }
    const kind = { isWrite: path !== graphqlPath, createsContent: false, resource: 'graphql' as const }
    const headers = hub.limits.count(limitKey(viewer), kind, now)
    const isAboutComment = /node\(id: \$id\) \{ \.\.\. on IssueComment \{ body lastEditedAt \} \}/.test(query)
    const isAboutQueue = /mergeQueue\(branch: \$branch\) \{ entries\(first: 100\)/.test(query)
    if (isAboutComment) return send(200, by, answerComment(hub, viewer, variables['id']), headers)
    if (isAboutQueue) return send(200, by, answerQueue(hub, viewer, variables), headers)
    const repositories = visibleRepositories(hub, viewer)
    if (/\bpullRequests\(states: OPEN/.test(query))
      return send(200, by, answerPullMarks(repositories, variables), headers)
    if (/\bcheckSuites\(/.test(query))
      return send(200, by, answerCheckRuns(repositories, viewer, query, variables), headers)
    if (/: (create|update)CheckRun\(/.test(query))
      return send(200, by, await changeCheckRuns(hub, repositories, viewer, query, variables), headers)
    if (/\bisMergeQueueEnabled\b/.test(query))
      return send(200, by, answerMergeRules(hub, viewer, variables), headers)
    if (/\benqueuePullRequest\(/.test(query))
      return send(200, by, await answerEnqueue(hub, viewer, variables), headers)
    send(200, by, { errors: [{ message: 'the emulator does not know this question' }] }, headers)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    send(error.status, '', { message: error.message }, error.headers)
  }
}

interface Question {
  query?: string
  variables?: Record<string, unknown>
}

/** Anything that is no JSON asks nothing that the emulator knows. */
function toQuestion(body: Buffer): Question {
  try {
    return JSON.parse(body.toString()) as Question
  } catch {
    return {}
  }
}

/** `#createCheckRun` after the address of a request that changes something: what it changes, for those who count writes. */
function whatChanges(query: string): string {
  if (!query.trimStart().startsWith('mutation')) return ''
  const names = [...query.matchAll(/\b(\w+)\(input:/g)].map(([, name]) => name)
  return `#${[...new Set(names)].toSorted().join('+')}`
}

function fail(hub: Hub, exchange: Exchange, path: string, fault: RequestFault): void {
  const { status, headers } = fault
  const at = hub.clock.now()
  hub.requests.push({ method: exchange.method, route: path, path, status, by: '', at })
  if (fault.hangsUp) return exchange.hangUp()
  const body = fault.rawBody ?? JSON.stringify({ message: fault.message ?? 'Server Error' })
  exchange.send(status, { 'content-type': 'application/json; charset=utf-8', ...headers }, body)
}

function answerComment(hub: Hub, viewer: Viewer, id: unknown) {
  const found = visibleComment(hub, viewer, id)
  const message = `Could not resolve to a node with the global id of '${String(id)}'`
  if (!found) return { data: { node: null }, errors: [{ type: 'NOT_FOUND', path: ['node'], message }] }
  return { data: { node: { body: found.body, lastEditedAt: timeOrNull(found.lastEditedAt) } } }
}

function answerQueue(hub: Hub, viewer: Viewer, { owner, repo, branch }: Record<string, unknown>) {
  const mayRead =
    viewer.kind === 'user' ||
    (viewer.kind === 'installation' && isGranted(viewer.token.permissions, 'merge_queues:read'))
  const repository = findRepository(hub.state, String(owner), String(repo))
  if (!mayRead || !repository) {
    const message = `Could not resolve to a Repository with the name '${String(owner)}/${String(repo)}'.`
    const errors = [{ type: 'NOT_FOUND', path: ['repository'], message }]
    return { data: { repository: null }, errors }
  }
  const places = repository.queue.filter(({ pull }) => pull.baseBranch === branch)
  const nodes = places.map(({ pull, headSha, baseSha }) => ({
    headCommit: { oid: headSha },
    baseCommit: { oid: baseSha },
    pullRequest: { number: pull.number },
  }))
  return { data: { repository: { mergeQueue: { entries: { nodes } } } } }
}

function answerMergeRules(hub: Hub, viewer: Viewer, { owner, repo, number }: Record<string, unknown>) {
  const repository = visibleRepositories(hub, viewer).find(
    (each) => each.owner.login === owner && each.name === repo,
  )
  if (!repository) return { data: { repository: null } }
  const { squash, merge, rebase } = repository.mergeMethods
  const pull = repository.pulls.get(Number(number))
  const pullRequest = pull
    ? {
        id: nodeId('PullRequest', pull.id),
        isMergeQueueEnabled: protectionOf(repository, pull.baseBranch)?.mergeQueue === true,
        isInMergeQueue: isQueued(pull),
      }
    : null
  const allowed = { squashMergeAllowed: squash, mergeCommitAllowed: merge, rebaseMergeAllowed: rebase }
  return { data: { repository: { ...allowed, pullRequest } } }
}

const marksPerPage = 100

/** The cursor is the number of the last one of the page before. */
function answerPullMarks(repositories: Repository[], { owner, repo, after }: Record<string, unknown>) {
  const repository = repositories.find((each) => each.owner.login === owner && each.name === repo)
  if (!repository) return { data: { repository: null } }
  const open = [...repository.pulls.values()].filter(({ state }) => state === 'open')
  const left = open.filter(({ number }) => number > Number(after ?? 0))
  const page = left.slice(0, marksPerPage)
  const nodes = page.map(({ number, headSha, baseBranch, isDraft, reviews }) => ({
    number,
    headRefOid: headSha,
    baseRefName: baseBranch,
    isDraft,
    reviews: {
      totalCount: reviews.length,
      nodes: reviews.map(({ id, state }) => ({ fullDatabaseId: String(id), state: state.toUpperCase() })),
    },
  }))
  const pageInfo = { hasNextPage: left.length > page.length, endCursor: String(page.at(-1)?.number ?? '') }
  return { data: { repository: { pullRequests: { pageInfo, nodes } } } }
}

/** GitHub refuses with a list of errors, status 200. */
async function answerEnqueue(hub: Hub, viewer: Viewer, { id, sha }: Record<string, unknown>) {
  const refuse = (message: string) => ({
    data: { enqueuePullRequest: null },
    errors: [{ type: 'UNPROCESSABLE', path: ['enqueuePullRequest'], message }],
  })
  const doer = doerOf(viewer)
  const pull = visibleRepositories(hub, viewer)
    .flatMap(({ pulls }) => [...pulls.values()])
    .find((each) => nodeId('PullRequest', each.id) === id)
  if (!pull || !doer) return refuse(`Could not resolve to a node with the global id of '${String(id)}'`)
  if (pull.headSha !== sha) return refuse('Expected head sha did not match current head ref.')
  try {
    await enqueuePull(hub, pull, doer)
    return { data: { enqueuePullRequest: { mergeQueueEntry: { position: pull.repository.queue.length } } } }
  } catch (error) {
    if (error instanceof ApiError) return refuse(error.message)
    throw error
  }
}

function visibleRepositories(hub: Hub, viewer: Viewer): Repository[] {
  return hub.state.repositories.filter(
    (repository) =>
      viewer.kind === 'user' || (viewer.kind === 'installation' && viewer.token.repositories.has(repository)),
  )
}

function visibleComment(hub: Hub, viewer: Viewer, id: unknown): IssueComment | undefined {
  const mayRead =
    viewer.kind === 'user' ||
    (viewer.kind === 'installation' && isGranted(viewer.token.permissions, 'pull_requests:read'))
  if (!mayRead) return undefined
  return visibleRepositories(hub, viewer)
    .flatMap(({ pulls }) => [...pulls.values()].flatMap(({ comments }) => comments))
    .find((comment) => nodeId('IssueComment', comment.id) === id)
}

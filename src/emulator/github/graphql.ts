import { ApiError } from './api-error.ts'
import { authenticate, doerOf, isGranted, type Viewer } from './auth.ts'
import type { Exchange } from './exchange.ts'
import type { Hub } from './hub.ts'
import { limitKey } from './limits.ts'
import { enqueuePull, isQueued } from './merge-queue.ts'
import { nodeId, timeOrNull } from './present/basics.ts'
import { protectionOf } from './protection.ts'
import { findRepository, type IssueComment, type Repository } from './state.ts'

export const graphqlPath = '/api/graphql'

/**
 * What REST cannot answer or do: a comment by its node id, with its body and when it was last edited; how a branch takes
 * merges; the places of a merge queue, and putting a pull request there.
 */
export async function answerGraphql(hub: Hub, exchange: Exchange): Promise<void> {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  const send = (status: number, by: string, body: unknown, headers = {}) => {
    const at = hub.clock.now()
    hub.requests.push({ method: exchange.method, route: graphqlPath, path: graphqlPath, status, by, at })
    exchange.send(status, { ...type, ...headers }, JSON.stringify(body))
  }
  try {
    const now = hub.clock.now()
    const viewer = authenticate(hub.state, exchange.headers.get('authorization'), now)
    const by = doerOf(viewer)?.account.login ?? ''
    if (viewer.kind !== 'installation' && viewer.kind !== 'user') {
      throw new ApiError(401, 'This endpoint requires you to be authenticated.')
    }
    const headers = hub.limits.count(limitKey(viewer), { isWrite: false, createsContent: false }, now)
    const { query = '', variables = {} } = JSON.parse(exchange.body.toString()) as Question
    const isAboutComment = /node\(id: \$id\) \{ \.\.\. on IssueComment \{ body lastEditedAt \} \}/.test(query)
    const isAboutQueue = /mergeQueue\(branch: \$branch\) \{ entries\(first: 100\)/.test(query)
    if (isAboutComment) return send(200, by, answerComment(hub, viewer, variables['id']), headers)
    if (isAboutQueue) return send(200, by, answerQueue(hub, viewer, variables), headers)
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

import { ApiError } from './api-error.ts'
import { authenticate, doerOf, isGranted, type Viewer } from './auth.ts'
import type { Exchange } from './exchange.ts'
import type { Hub } from './hub.ts'
import { limitKey } from './limits.ts'
import { nodeId, timeOrNull } from './present/basics.ts'
import type { IssueComment } from './state.ts'

export const graphqlPath = '/api/graphql'

/** The one question that REST cannot answer: a comment by its node id, with its body and when it was last edited. */
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
    if (!/node\(id: \$id\) \{ \.\.\. on IssueComment \{ body lastEditedAt \} \}/.test(query)) {
      return send(200, by, { errors: [{ message: 'the emulator does not know this question' }] }, headers)
    }
    const found = visibleComment(hub, viewer, variables['id'])
    const notFound = {
      type: 'NOT_FOUND',
      path: ['node'],
      message: `Could not resolve to a node with the global id of '${variables['id']}'`,
    }
    if (!found) return send(200, by, { data: { node: null }, errors: [notFound] }, headers)
    const node = { body: found.body, lastEditedAt: timeOrNull(found.lastEditedAt) }
    send(200, by, { data: { node } }, headers)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    send(error.status, '', { message: error.message }, error.headers)
  }
}

interface Question {
  query?: string
  variables?: Record<string, unknown>
}

function visibleComment(hub: Hub, viewer: Viewer, id: unknown): IssueComment | undefined {
  const mayRead =
    viewer.kind === 'user' ||
    (viewer.kind === 'installation' && isGranted(viewer.token.permissions, 'pull_requests:read'))
  if (!mayRead) return undefined
  return hub.state.repositories
    .filter((repository) => viewer.kind === 'user' || viewer.token.repositories.has(repository))
    .flatMap(({ pulls }) => [...pulls.values()].flatMap(({ comments }) => comments))
    .find((comment) => nodeId('IssueComment', comment.id) === id)
}

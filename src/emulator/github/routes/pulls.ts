import { ApiError, notFound, validationFailed } from '../api-error.ts'
import { addReview, dismissReview, type ReviewEvent } from '../conversation.ts'
import { mergePull, pullCommits } from '../merge.ts'
import { hasPermission } from '../permissions.ts'
import { simpleTeam, team as presentTeam, user } from '../present/account.ts'
import { commit, file } from '../present/commit.ts'
import { fullPull, review as presentReview, simplePull } from '../present/pull.ts'
import {
  askMergeability,
  editPull,
  emitPull,
  emitReview,
  forkPoint,
  openPull,
  type PullChanges,
} from '../pulls.ts'
import {
  created,
  noContent,
  numberParam,
  ok,
  onRepository,
  page,
  type RepositoryCall,
  type Route,
} from '../route.ts'
import { findAccount, type MergeMethod, type Pull, type Review } from '../state.ts'

const read = 'pull_requests:read'
const write = 'pull_requests:write'
/** GitHub's lists end here without a word. */
const listLimits = { files: 3_000, commits: 250 }

/** Pull requests, their reviews, reviewers and the merge. */
export const pullRoutes: Route[] = [
  onRepository('GET', '/pulls', read, 'read', (call) =>
    page(call, listed(call), (pull) => simplePull(call.hub, pull)),
  ),
  onRepository(
    'POST',
    '/pulls',
    write,
    'read',
    async (call) => {
      const { hub, repository, input, doer } = call
      const wanted = {
        title: input.text('title'),
        body: input.nullableText('body'),
        head: input.text('head'),
        base: input.text('base'),
        isDraft: input.boolean('draft'),
      }
      return created(fullPull(hub, await openPull(hub, repository, wanted, doer)))
    },
    { createsContent: true },
  ),
  onRepository('GET', '/pulls/{pull_number}', read, 'read', async (call) => {
    const pull = thePull(call)
    const answer = ok(fullPull(call.hub, pull))
    askMergeability(call.hub, pull)
    if (call.headers.get('accept')?.includes('diff')) return diffOf(call, pull)
    return answer
  }),
  onRepository('PATCH', '/pulls/{pull_number}', write, 'read', async (call) => {
    const { hub, input, doer } = call
    const pull = thePull(call)
    if (!doer.app && pull.author !== doer.account && !hasPermission(call.repository, doer.account, 'write'))
      throw notFound()
    const state = input.optionalText('state')
    if (state !== undefined && state !== 'open' && state !== 'closed') {
      throw validationFailed({ resource: 'PullRequest', field: 'state', code: 'invalid' })
    }
    const changes: PullChanges = {
      title: input.optionalText('title'),
      body: input.nullableText('body'),
      base: input.optionalText('base'),
      state: state === 'open' || state === 'closed' ? state : undefined,
    }
    await editPull(hub, pull, changes, doer)
    return ok(fullPull(hub, pull))
  }),
  onRepository('GET', '/pulls/{pull_number}/files', read, 'read', async (call) => {
    const pull = thePull(call)
    const files = await call.hub.git.files(
      call.repository.folder,
      await forkPoint(call.hub, pull),
      pull.headSha,
    )
    return page(call, files.slice(0, listLimits.files), (each) =>
      file(call.hub, call.repository, pull.headSha, each),
    )
  }),
  onRepository('GET', '/pulls/{pull_number}/commits', read, 'read', async (call) => {
    const commits = await pullCommits(call.hub, thePull(call))
    return page(call, commits.slice(0, listLimits.commits), (each) => commit(call.hub, call.repository, each))
  }),
  onRepository('GET', '/pulls/{pull_number}/merge', read, 'read', (call) => {
    if (!thePull(call).merged) throw notFound()
    return noContent()
  }),
  // A merge writes to the base branch, so it takes the right to write contents.
  onRepository('PUT', '/pulls/{pull_number}/merge', 'contents:write', 'write', async (call) => {
    const { hub, input, doer } = call
    const method = (input.optionalText('merge_method') ?? 'merge') as MergeMethod
    if (!['merge', 'squash', 'rebase'].includes(method)) throw new ApiError(422, 'Invalid request.')
    const wish = {
      method,
      sha: input.optionalText('sha'),
      title: input.optionalText('commit_title'),
      message: input.optionalText('commit_message'),
    }
    const sha = await mergePull(hub, thePull(call), wish, doer)
    return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
  }),

  onRepository('GET', '/pulls/{pull_number}/reviews', read, 'read', (call) => {
    const visible = thePull(call).reviews.filter(
      (each) => each.state !== 'PENDING' || each.author === call.doer.account,
    )
    return page(call, visible, (each) => presentReview(call.hub, each))
  }),
  onRepository('GET', '/pulls/{pull_number}/reviews/{review_id}', read, 'read', (call) =>
    ok(presentReview(call.hub, theReview(call))),
  ),
  onRepository(
    'POST',
    '/pulls/{pull_number}/reviews',
    write,
    'read',
    (call) => {
      const { hub, input, doer } = call
      const wish = {
        event: reviewEvent(input.optionalText('event')),
        body: input.optionalText('body') ?? '',
        sha: input.optionalText('commit_id'),
      }
      return ok(presentReview(hub, addReview(hub, thePull(call), wish, doer)))
    },
    { createsContent: true },
  ),
  onRepository('PUT', '/pulls/{pull_number}/reviews/{review_id}/dismissals', write, 'write', (call) => {
    const review = theReview(call)
    dismissReview(call.hub, review, call.input.text('message'), call.doer)
    return ok(presentReview(call.hub, review))
  }),
  onRepository('PUT', '/pulls/{pull_number}/reviews/{review_id}', write, 'read', (call) => {
    const review = theReview(call)
    review.body = call.input.text('body')
    emitReview(call.hub, review, 'edited', call.doer)
    return ok(presentReview(call.hub, review))
  }),

  onRepository('GET', '/pulls/{pull_number}/requested_reviewers', read, 'read', (call) =>
    ok(reviewers(call)),
  ),
  onRepository('POST', '/pulls/{pull_number}/requested_reviewers', write, 'triage', (call) => {
    requestReviewers(call)
    return created(simplePull(call.hub, thePull(call)))
  }),
  onRepository('DELETE', '/pulls/{pull_number}/requested_reviewers', write, 'triage', (call) => {
    const pull = thePull(call)
    const { users, teams } = namedReviewers(call)
    for (const account of users) {
      if (!pull.requestedUsers.delete(account)) continue
      emitPull(call.hub, pull, 'review_request_removed', call.doer, {
        requested_reviewer: user(call.hub, account),
      })
    }
    for (const team of teams) {
      if (!pull.requestedTeams.delete(team)) continue
      emitPull(call.hub, pull, 'review_request_removed', call.doer, {
        requested_team: simpleTeam(call.hub, team),
      })
    }
    return ok(simplePull(call.hub, pull))
  }),
]

export function thePull(call: RepositoryCall, name = 'pull_number'): Pull {
  const pull = call.repository.pulls.get(numberParam(call, name))
  if (!pull) throw notFound()
  return pull
}

function listed(call: RepositoryCall): Pull[] {
  const { query, repository, hub } = call
  const state = query.get('state') ?? 'open'
  const head = query.get('head')
  const base = query.get('base')
  const owner = repository.owner.login
  const found = [...repository.pulls.values()].filter((pull) => {
    if (state !== 'all' && pull.state !== state) return false
    if (head && `${owner}:${pull.headBranch}` !== head) return false
    if (hub.clock.now() < pull.createdAt + hub.chaos.listLagMs) return false
    return !base || pull.baseBranch === base
  })
  const sort = query.get('sort') ?? 'created'
  const direction = query.get('direction') ?? (sort === 'created' ? 'desc' : 'asc')
  const key = (pull: Pull) => (sort === 'updated' ? pull.updatedAt : pull.number)
  return found.toSorted((a, b) => (direction === 'desc' ? key(b) - key(a) : key(a) - key(b)))
}

async function diffOf(call: RepositoryCall, pull: Pull) {
  const files = await call.hub.git.files(
    call.repository.folder,
    await forkPoint(call.hub, pull),
    pull.headSha,
  )
  if (files.length > 300) {
    const message =
      'Sorry, the diff exceeded the maximum number of files (300). Consider using "List pull requests files" API or locally cloning the repository instead.'
    throw new ApiError(406, message, [{ resource: 'PullRequest', field: 'diff', code: 'too_large' }])
  }
  const text = files.map(
    (each) => `diff --git a/${each.previousPath ?? each.path} b/${each.path}\n${each.patch ?? ''}\n`,
  )
  return {
    status: 200,
    body: text.join(''),
    headers: { 'content-type': 'application/vnd.github.diff; charset=utf-8' },
  }
}

function theReview(call: RepositoryCall): Review {
  const id = numberParam(call, 'review_id')
  const review = thePull(call).reviews.find((each) => each.id === id)
  if (!review) throw notFound()
  return review
}

function reviewEvent(text: string | undefined): ReviewEvent | undefined {
  if (text === undefined) return undefined
  if (text === 'APPROVE' || text === 'REQUEST_CHANGES' || text === 'COMMENT') return text
  throw new ApiError(422, 'Unprocessable Entity', [
    `Variable $event of type PullRequestReviewEvent was provided invalid value`,
  ])
}

function reviewers(call: RepositoryCall) {
  const pull = thePull(call)
  return {
    users: [...pull.requestedUsers].map((each) => user(call.hub, each)),
    teams: [...pull.requestedTeams].map((each) => presentTeam(call.hub, each)),
  }
}

function namedReviewers(call: RepositoryCall) {
  const { state } = call.hub
  const users = call.input.texts('reviewers').flatMap((login) => findAccount(state, login) ?? [])
  const slugs = call.input.texts('team_reviewers')
  const teams = state.teams.filter(
    (team) => team.organization === call.repository.owner && slugs.includes(team.slug),
  )
  return {
    users,
    teams,
    isComplete: users.length === call.input.texts('reviewers').length && teams.length === slugs.length,
  }
}

function requestReviewers(call: RepositoryCall): void {
  const { hub, doer, repository } = call
  const pull = thePull(call)
  const { users, teams, isComplete } = namedReviewers(call)
  if (users.includes(pull.author))
    throw new ApiError(422, 'Review cannot be requested from pull request author.')
  if (!isComplete || users.some((account) => !hasPermission(repository, account, 'read'))) {
    throw new ApiError(
      422,
      'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
    )
  }
  for (const account of users) {
    if (pull.requestedUsers.has(account)) continue
    pull.requestedUsers.add(account)
    emitPull(hub, pull, 'review_requested', doer, { requested_reviewer: user(hub, account) })
  }
  for (const team of teams) {
    if (pull.requestedTeams.has(team)) continue
    pull.requestedTeams.add(team)
    emitPull(hub, pull, 'review_requested', doer, { requested_team: simpleTeam(hub, team) })
  }
}

import { ApiError, validationFailed } from './api-error.ts'
import type { Doer, Hub } from './hub.ts'
import { hasPermission } from './permissions.ts'
import { comment as presentComment, issue } from './present/pull.ts'
import { emitReview } from './pulls.ts'
import { newReview } from './protection.ts'
import {
  nextId,
  type IssueComment,
  type Pull,
  type Reaction,
  type ReactionContent,
  type Review,
} from './state.ts'

/** Characters, as GitHub counts a body. */
const longestBody = 65_536

export function checkBody(body: string, resource = 'IssueComment'): void {
  if (body.trim() === '') {
    throw validationFailed({
      resource,
      field: 'data',
      code: 'unprocessable',
      message: 'Body cannot be blank',
    })
  }
  if ([...body].length > longestBody) {
    const message = `body is too long (maximum is ${longestBody} characters)`
    throw validationFailed({ resource, field: 'body', code: 'custom', message })
  }
}

export function addComment(hub: Hub, pull: Pull, body: string, doer: Doer): IssueComment {
  checkBody(body)
  if (pull.isLocked && (doer.app || !hasPermission(pull.repository, doer.account, 'write')))
    throw new ApiError(403, 'Unable to create comment because issue is locked.')
  const now = hub.clock.now()
  const comment: IssueComment = {
    id: nextId(hub.state),
    pull,
    author: doer.account,
    app: doer.app,
    body,
    createdAt: now,
    updatedAt: now,
    reactions: [],
  }
  pull.comments.push(comment)
  pull.updatedAt = now
  emitComment(hub, comment, 'created', doer)
  return comment
}

/** Authors, and people who may write, can edit; an app only its own. */
export function editComment(hub: Hub, comment: IssueComment, body: string, doer: Doer): void {
  refuseForeign(comment, doer)
  checkBody(body)
  const from = comment.body
  comment.body = body
  comment.updatedAt = hub.clock.now()
  comment.lastEditedAt = comment.updatedAt
  emitComment(hub, comment, 'edited', doer, { changes: { body: { from } } })
}

export function deleteComment(hub: Hub, comment: IssueComment, doer: Doer): void {
  refuseForeign(comment, doer)
  comment.pull.comments.splice(comment.pull.comments.indexOf(comment), 1)
  emitComment(hub, comment, 'deleted', doer)
}

function refuseForeign(comment: IssueComment, doer: Doer): void {
  const isOwn = comment.author === doer.account
  if (isOwn || (!doer.app && hasPermission(comment.pull.repository, doer.account, 'write'))) return
  throw new ApiError(
    403,
    doer.app ? 'Resource not accessible by integration' : 'Must have write access to edit this comment',
  )
}

function emitComment(hub: Hub, comment: IssueComment, action: string, doer: Doer, extra: object = {}): void {
  hub.webhooks.emit('issue_comment', comment.pull.repository, doer.account, {
    action,
    issue: issue(hub, comment.pull),
    comment: presentComment(hub, comment),
    ...extra,
  })
}

/** The same reaction of the same person is there once. */
export function addReaction(
  hub: Hub,
  comment: IssueComment,
  content: ReactionContent,
  doer: Doer,
): { reaction: Reaction; isNew: boolean } {
  const known = comment.reactions.find((each) => each.by === doer.account && each.content === content)
  if (known) return { reaction: known, isNew: false }
  const reaction = { id: nextId(hub.state), by: doer.account, content, createdAt: hub.clock.now() }
  comment.reactions.push(reaction)
  return { reaction, isNew: true }
}

export type ReviewEvent = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'

const stateOfEvent = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const

export function addReview(
  hub: Hub,
  pull: Pull,
  wish: { event?: ReviewEvent; body: string; sha?: string },
  doer: Doer,
): Review {
  const { event } = wish
  if (event === 'APPROVE' && doer.account === pull.author) {
    throw new ApiError(422, 'Unprocessable Entity', ['Can not approve your own pull request'])
  }
  if (event === 'REQUEST_CHANGES' && doer.account === pull.author) {
    throw new ApiError(422, 'Unprocessable Entity', ['Can not request changes on your own pull request'])
  }
  if (event && event !== 'APPROVE' && wish.body.trim() === '') {
    throw new ApiError(422, 'Unprocessable Entity', ['Could not approve pull request, body is required'])
  }
  const state = event ? stateOfEvent[event] : 'PENDING'
  const review = newReview(hub, pull, doer.account, { body: wish.body, state, sha: wish.sha ?? pull.headSha })
  pull.reviews.push(review)
  pull.updatedAt = hub.clock.now()
  pull.requestedUsers.delete(doer.account)
  for (const team of doer.account.teams) pull.requestedTeams.delete(team)
  if (event) emitReview(hub, review, 'submitted', doer)
  return review
}

export function dismissReview(hub: Hub, review: Review, message: string, doer: Doer): void {
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw new ApiError(422, 'Unprocessable Entity', ['Can not dismiss a commented pull request review'])
  }
  review.state = 'DISMISSED'
  const at = hub.clock.now()
  review.pull.timeline.push({
    at,
    by: doer.account,
    text: `dismissed ${review.author.login}’s review: ${message}`,
  })
  emitReview(hub, review, 'dismissed', doer)
}

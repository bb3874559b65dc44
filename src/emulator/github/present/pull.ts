import { associationOf } from '../permissions.ts'
import { fullNameOf, type IssueComment, type Pull, type Reaction, type Review } from '../state.ts'
import { mergeableStateOf } from '../protection.ts'
import type { Hub } from '../hub.ts'
import { app, team, user } from './account.ts'
import { api, nodeId, time, timeOrNull } from './basics.ts'
import { label, repository } from './repository.ts'

export const apiOf = (hub: Hub, pull: Pull, kind = 'pulls') =>
  `${api(hub)}/repos/${fullNameOf(pull.repository)}/${kind}/${pull.number}`

export const pageOf = (hub: Hub, pull: Pull) =>
  `${hub.url}/${fullNameOf(pull.repository)}/pull/${pull.number}`

/** A pull request as lists show it. */
export function simplePull(hub: Hub, pull: Pull) {
  const self = apiOf(hub, pull)
  const issue = apiOf(hub, pull, 'issues')
  const page = pageOf(hub, pull)
  const repo = `${api(hub)}/repos/${fullNameOf(pull.repository)}`
  const statuses = `${repo}/statuses/${pull.headSha}`
  return {
    url: self,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    number: pull.number,
    state: pull.state,
    locked: pull.isLocked ?? false,
    title: pull.title,
    user: user(hub, pull.author),
    body: pull.body,
    created_at: time(pull.createdAt),
    updated_at: time(pull.updatedAt),
    closed_at: timeOrNull(pull.closedAt),
    merged_at: timeOrNull(pull.merged?.at),
    merge_commit_sha: pull.merged?.sha ?? null,
    assignee: [...pull.assignees].map((account) => user(hub, account))[0] ?? null,
    assignees: [...pull.assignees].map((account) => user(hub, account)),
    requested_reviewers: [...pull.requestedUsers].map((account) => user(hub, account)),
    requested_teams: [...pull.requestedTeams].map((each) => team(hub, each)),
    labels: [...pull.labels].map((each) => label(hub, pull.repository, each)),
    milestone: null,
    draft: pull.isDraft,
    commits_url: `${self}/commits`,
    review_comments_url: `${self}/comments`,
    review_comment_url: `${repo}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: side(hub, pull, pull.headBranch, pull.headSha),
    base: side(hub, pull, pull.baseBranch, pull.baseSha),
    _links: {
      self: { href: self },
      html: { href: page },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${self}/comments` },
      review_comment: { href: `${repo}/pulls/comments{/number}` },
      commits: { href: `${self}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(pull.repository, pull.author),
    auto_merge: autoMerge(hub, pull),
    active_lock_reason: null,
  }
}

/** A pull request as `GET /repos/{owner}/{repo}/pulls/{number}` and most webhooks show it. */
export function fullPull(hub: Hub, pull: Pull) {
  const isKnown = pull.mergeability === 'clean' || pull.mergeability === 'conflicting'
  const mergeable = isKnown && pull.state === 'open' ? pull.mergeability === 'clean' : null
  return {
    ...simplePull(hub, pull),
    merged: pull.merged !== undefined,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeableStateOf(pull),
    merged_by: pull.merged ? user(hub, pull.merged.by) : null,
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.size.commits,
    additions: pull.size.additions,
    deletions: pull.size.deletions,
    changed_files: pull.size.changedFiles,
  }
}

function autoMerge(hub: Hub, { autoMerge: wish, title }: Pull) {
  if (!wish) return null
  return {
    enabled_by: user(hub, wish.by),
    merge_method: wish.method,
    commit_title: title,
    commit_message: '',
  }
}

function side(hub: Hub, pull: Pull, branch: string, sha: string) {
  return {
    label: `${pull.repository.owner.login}:${branch}`,
    ref: branch,
    sha,
    user: user(hub, pull.repository.owner),
    repo: repository(hub, pull.repository),
  }
}

/** The issue behind a pull request. */
export function issue(hub: Hub, pull: Pull) {
  const self = apiOf(hub, pull, 'issues')
  return {
    url: self,
    repository_url: `${api(hub)}/repos/${fullNameOf(pull.repository)}`,
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    html_url: pageOf(hub, pull),
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: pull.number,
    title: pull.title,
    user: user(hub, pull.author),
    labels: [...pull.labels].map((each) => label(hub, pull.repository, each)),
    state: pull.state,
    locked: pull.isLocked ?? false,
    assignee: [...pull.assignees].map((account) => user(hub, account))[0] ?? null,
    assignees: [...pull.assignees].map((account) => user(hub, account)),
    milestone: null,
    comments: pull.comments.length,
    created_at: time(pull.createdAt),
    updated_at: time(pull.updatedAt),
    closed_at: timeOrNull(pull.closedAt),
    author_association: associationOf(pull.repository, pull.author),
    active_lock_reason: null,
    draft: pull.isDraft,
    pull_request: {
      url: apiOf(hub, pull),
      html_url: pageOf(hub, pull),
      diff_url: `${pageOf(hub, pull)}.diff`,
      patch_url: `${pageOf(hub, pull)}.patch`,
      merged_at: timeOrNull(pull.merged?.at),
    },
    body: pull.body,
    reactions: reactionCounts(`${self}/reactions`, []),
    timeline_url: `${self}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  }
}

export function comment(hub: Hub, comment: IssueComment) {
  const self = `${api(hub)}/repos/${fullNameOf(comment.pull.repository)}/issues/comments/${comment.id}`
  return {
    url: self,
    html_url: `${pageOf(hub, comment.pull)}#issuecomment-${comment.id}`,
    issue_url: apiOf(hub, comment.pull, 'issues'),
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: user(hub, comment.author),
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: associationOf(comment.pull.repository, comment.author),
    body: comment.body,
    reactions: reactionCounts(`${self}/reactions`, comment.reactions),
    performed_via_github_app: comment.app ? app(hub, comment.app) : null,
  }
}

export function reaction(hub: Hub, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: user(hub, reaction.by),
    content: reaction.content,
    created_at: time(reaction.createdAt),
  }
}

export function reactionCounts(url: string, reactions: Reaction[]) {
  const count = (content: string) => reactions.filter((each) => each.content === content).length
  return {
    url,
    total_count: reactions.length,
    '+1': count('+1'),
    '-1': count('-1'),
    laugh: count('laugh'),
    hooray: count('hooray'),
    confused: count('confused'),
    heart: count('heart'),
    rocket: count('rocket'),
    eyes: count('eyes'),
  }
}

export function review(hub: Hub, review: Review) {
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: user(hub, review.author),
    body: review.body,
    commit_id: review.sha,
    ...(review.submittedAt !== undefined && { submitted_at: time(review.submittedAt) }),
    state: review.state,
    html_url: `${pageOf(hub, review.pull)}#pullrequestreview-${review.id}`,
    pull_request_url: apiOf(hub, review.pull),
    author_association: associationOf(review.pull.repository, review.author),
    _links: {
      html: { href: `${pageOf(hub, review.pull)}#pullrequestreview-${review.id}` },
      pull_request: { href: apiOf(hub, review.pull) },
    },
  }
}

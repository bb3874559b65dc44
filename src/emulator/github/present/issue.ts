import type { Hub } from '../hub.ts'
import { associationOf } from '../permissions.ts'
import { fullNameOf, type Issue, type Repository } from '../state.ts'
import { app, user } from './account.ts'
import { api, nodeId, time } from './basics.ts'
import { reactionCounts } from './pull.ts'

/** An issue that is no pull request. */
export function plainIssue(hub: Hub, repository: Repository, issue: Issue) {
  const home = `${api(hub)}/repos/${fullNameOf(repository)}`
  const self = `${home}/issues/${issue.number}`
  return {
    url: self,
    repository_url: home,
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    html_url: `${hub.url}/${fullNameOf(repository)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: user(hub, issue.author),
    labels: [],
    state: 'open',
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 0,
    created_at: time(issue.createdAt),
    updated_at: time(issue.createdAt),
    closed_at: null,
    author_association: associationOf(repository, issue.author),
    active_lock_reason: null,
    body: issue.body,
    reactions: reactionCounts(`${self}/reactions`, []),
    timeline_url: `${self}/timeline`,
    performed_via_github_app: issue.app ? app(hub, issue.app) : null,
    state_reason: null,
  }
}

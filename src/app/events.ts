import type { Event } from '../domain/event.ts'
import type { Actor, PullRef, RepositoryRef } from '../domain/refs.ts'
import { type FieldReader, MalformedField, readFields } from './read-field.ts'

export interface Malformed {
  malformed: string
}

/** A webhook's payload in our words. Unknown events and actions are no events; what is not as documented is malformed, never thrown. */
export function toEvents(name: string, payload: unknown): Event[] | Malformed {
  const translate = translations.get(name)
  if (!translate) return []
  const fields = readFields(payload)
  const action = fields.get('action')
  try {
    if (action !== undefined && typeof action !== 'string') return { malformed: 'action is not a text' }
    return translate(fields, action ?? '')
  } catch (error) {
    if (error instanceof MalformedField) return { malformed: error.message }
    throw error
  }
}

type Translation = (fields: FieldReader, action: string) => Event[]

/** Actions after which a pull request may be judged otherwise. */
const pullActions = new Set([
  'opened',
  'reopened',
  'synchronize',
  'edited',
  'closed',
  'ready_for_review',
  'converted_to_draft',
  'review_requested',
  'review_request_removed',
  'enqueued',
  'dequeued',
])

const translations = new Map<string, Translation>([
  ['pull_request', (fields, action) => (pullActions.has(action) ? [pullChanged(fields)] : [])],
  [
    'pull_request_review',
    (fields, action) =>
      ['submitted', 'edited', 'dismissed'].includes(action) ? [reviewSubmitted(fields)] : [],
  ],
  ['issue_comment', (fields, action) => (action === 'created' ? commentCreated(fields) : [])],
  ['push', branchPushed],
  ['check_run', checkRunChanged],
  [
    'check_suite',
    (fields, action) => (action === 'rerequested' ? [checkRerequested(fields, 'check_suite')] : []),
  ],
  ['merge_group', (fields, action) => (action === 'checks_requested' ? [mergeGroup(fields)] : [])],
  ['installation', installationChanged],
  ['installation_repositories', repositoriesChanged],
  [
    'repository',
    (fields, action) =>
      ['renamed', 'transferred', 'unarchived'].includes(action) ? [repositoryMoved(fields)] : [],
  ],
])

function pullChanged(fields: FieldReader): Event {
  return { kind: 'pull-changed', pull: pullRef(fields, 'pull_request.number') }
}

function reviewSubmitted(fields: FieldReader): Event {
  return {
    kind: 'review-submitted',
    pull: pullRef(fields, 'pull_request.number'),
    reviewId: fields.id('review.id'),
    author: actor(fields, 'review.user'),
    state: fields.text('review.state').toLowerCase(),
    sha: fields.sha('review.commit_id'),
  }
}

/** Comments on plain issues are none of ours. */
function commentCreated(fields: FieldReader): Event[] {
  if (!fields.has('issue.pull_request')) return []
  return [
    {
      kind: 'comment-created',
      pull: pullRef(fields, 'issue.number'),
      commentId: fields.id('comment.id'),
      author: actor(fields, 'comment.user'),
    },
  ]
}

/** Tags are none of ours. A created or deleted branch has a commit id of zeros on its other side. */
function branchPushed(fields: FieldReader): Event[] {
  const ref = fields.text('ref')
  if (!ref.startsWith('refs/heads/')) return []
  return [
    {
      kind: 'branch-pushed',
      repository: repository(fields),
      branch: ref.slice('refs/heads/'.length),
      before: fields.sha('before'),
      after: fields.sha('after'),
      isForced: fields.boolean('forced'),
      pusher: actor(fields, 'sender'),
    },
  ]
}

function checkRunChanged(fields: FieldReader, action: string): Event[] {
  if (action === 'rerequested') return [checkRerequested(fields, 'check_run')]
  return action === 'requested_action' ? [buttonPressed(fields)] : []
}

/** The pull requests of a payload are left aside: those from forks are not listed there. */
function checkRerequested(fields: FieldReader, what: 'check_run' | 'check_suite'): Event {
  return { kind: 'check-rerequested', repository: repository(fields), sha: fields.sha(`${what}.head_sha`) }
}

function buttonPressed(fields: FieldReader): Event {
  return {
    kind: 'button-pressed',
    repository: repository(fields),
    sha: fields.sha('check_run.head_sha'),
    identifier: fields.text('requested_action.identifier'),
    actor: actor(fields, 'sender'),
  }
}

function mergeGroup(fields: FieldReader): Event {
  return {
    kind: 'merge-group',
    repository: repository(fields),
    branch: fields.text('merge_group.head_ref').replace(/^refs\/heads\//, ''),
  }
}

function installationChanged(fields: FieldReader, action: string): Event[] {
  const isGone = action === 'deleted' || action === 'suspend'
  const isBack = ['created', 'unsuspend', 'new_permissions_accepted'].includes(action)
  if (!isGone && !isBack) return []
  // Only `created` and `deleted` list the repositories.
  const listed = fields.get('repositories') === undefined ? [] : listedRepositories(fields, 'repositories')
  return [
    {
      kind: 'repositories-changed',
      installation: fields.id('installation.id'),
      added: isBack ? listed : [],
      removed: isGone ? listed : [],
    },
  ]
}

function repositoriesChanged(fields: FieldReader, action: string): Event[] {
  if (action !== 'added' && action !== 'removed') return []
  return [
    {
      kind: 'repositories-changed',
      installation: fields.id('installation.id'),
      added: listedRepositories(fields, 'repositories_added'),
      removed: listedRepositories(fields, 'repositories_removed'),
    },
  ]
}

function repositoryMoved(fields: FieldReader): Event {
  return {
    kind: 'repositories-changed',
    installation: fields.id('installation.id'),
    added: [repository(fields)],
    removed: [],
  }
}

function pullRef(fields: FieldReader, path: string): PullRef {
  return { repository: repository(fields), number: fields.number(path) }
}

function repository(fields: FieldReader): RepositoryRef {
  return {
    id: fields.id('repository.id'),
    owner: fields.text('repository.owner.login'),
    name: fields.text('repository.name'),
    installation: fields.id('installation.id'),
  }
}

/** Lists of an installation name the owner in `full_name` alone. */
function listedRepositories(fields: FieldReader, path: string): RepositoryRef[] {
  const installation = fields.id('installation.id')
  return fields.list(path).map((item) => ({
    id: item.id('id'),
    owner: item.text('full_name').split('/')[0] ?? '',
    name: item.text('name'),
    installation,
  }))
}

/** What a deleted account left behind is shown as this one. */
const ghost: Actor = { id: '10137', login: 'ghost', isBot: false }

function actor(fields: FieldReader, path: string): Actor {
  if (fields.get(path) === null) return ghost
  return {
    id: fields.id(`${path}.id`),
    login: fields.text(`${path}.login`),
    isBot: fields.get(`${path}.type`) === 'Bot',
  }
}

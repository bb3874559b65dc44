import { notFound, validationFailed } from '../api-error.ts'
import { addComment, addReaction, deleteComment, editComment } from '../conversation.ts'
import { plainIssue } from '../present/issue.ts'
import { comment as presentComment, issue, reaction as presentReaction } from '../present/pull.ts'
import { label as presentLabel } from '../present/repository.ts'
import { checkTitle, emitPull } from '../pulls.ts'
import {
  created,
  noContent,
  numberParam,
  ok,
  onRepository,
  page,
  param,
  type RepositoryCall,
  type Route,
} from '../route.ts'
import {
  nextId,
  type Issue,
  type IssueComment,
  type Label,
  type Pull,
  type ReactionContent,
  type Repository,
} from '../state.ts'
import { thePull } from './pulls.ts'

const read = ['issues:read', 'pull_requests:read']
const write = ['issues:write', 'pull_requests:write']
const reactions = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']

/** Issues, and the issue side of pull requests: comments, reactions, labels. */
export const issueRoutes: Route[] = [
  onRepository('GET', '/issues', read, 'read', (call) => {
    const { pulls, issues } = call.repository
    const newest = [...pulls.values(), ...issues.values()].toSorted((left, right) => right.id - left.id)
    const state = call.query.get('state') ?? 'open'
    const wanted = newest.filter((each) => state === 'all' || stateOf(each) === state)
    return page(call, wanted, (each) => presentAny(call, each))
  }),
  onRepository(
    'POST',
    '/issues',
    'issues:write',
    'read',
    (call) => created(plainIssue(call.hub, call.repository, openIssue(call))),
    { createsContent: true },
  ),
  onRepository('GET', '/issues/{issue_number}', read, 'read', (call) => {
    const known = call.repository.issues.get(numberParam(call, 'issue_number'))
    return ok({ ...presentAny(call, known ?? thePull(call, 'issue_number')), closed_by: null })
  }),
  onRepository('GET', '/issues/{issue_number}/comments', read, 'read', (call) => {
    const since = Date.parse(call.query.get('since') ?? '1970-01-01T00:00:00Z')
    const comments = thePull(call, 'issue_number').comments.filter((each) => each.updatedAt >= since)
    return page(call, comments, (each) => presentComment(call.hub, each))
  }),
  onRepository(
    'POST',
    '/issues/{issue_number}/comments',
    write,
    'read',
    (call) => {
      const comment = addComment(call.hub, thePull(call, 'issue_number'), call.input.text('body'), call.doer)
      return created(presentComment(call.hub, comment))
    },
    { createsContent: true },
  ),
  onRepository('GET', '/issues/comments/{comment_id}', read, 'read', (call) =>
    ok(presentComment(call.hub, theComment(call))),
  ),
  onRepository('PATCH', '/issues/comments/{comment_id}', write, 'read', (call) => {
    const comment = theComment(call)
    editComment(call.hub, comment, call.input.text('body'), call.doer)
    return ok(presentComment(call.hub, comment))
  }),
  onRepository('DELETE', '/issues/comments/{comment_id}', write, 'read', (call) => {
    deleteComment(call.hub, theComment(call), call.doer)
    return noContent()
  }),
  onRepository('GET', '/issues/comments/{comment_id}/reactions', read, 'read', (call) => {
    const wanted = call.query.get('content')
    const found = theComment(call).reactions.filter((each) => !wanted || each.content === wanted)
    return page(call, found, (each) => presentReaction(call.hub, each))
  }),
  onRepository('POST', '/issues/comments/{comment_id}/reactions', write, 'read', (call) => {
    const content = call.input.text('content')
    if (!reactions.includes(content))
      throw validationFailed({ resource: 'Reaction', field: 'content', code: 'invalid' })
    const { reaction, isNew } = addReaction(call.hub, theComment(call), content as ReactionContent, call.doer)
    return (isNew ? created : ok)(presentReaction(call.hub, reaction))
  }),
  onRepository('DELETE', '/issues/comments/{comment_id}/reactions/{reaction_id}', write, 'read', (call) => {
    const comment = theComment(call)
    const index = comment.reactions.findIndex((each) => each.id === numberParam(call, 'reaction_id'))
    if (index < 0 || comment.reactions[index]!.by !== call.doer.account) throw notFound()
    comment.reactions.splice(index, 1)
    return noContent()
  }),
  onRepository('GET', '/issues/{issue_number}/labels', read, 'read', (call) =>
    page(call, [...thePull(call, 'issue_number').labels], (each) =>
      presentLabel(call.hub, call.repository, each),
    ),
  ),
  onRepository('POST', '/issues/{issue_number}/labels', write, 'triage', (call) => {
    const pull = thePull(call, 'issue_number')
    const names = call.input.has('labels') ? call.input.texts('labels') : call.input.texts('items')
    for (const name of names) {
      const label = labelOf(call, name)
      if (pull.labels.has(label)) continue
      pull.labels.add(label)
      emitPull(call.hub, pull, 'labeled', call.doer, {
        label: presentLabel(call.hub, call.repository, label),
      })
    }
    return page(call, [...pull.labels], (each) => presentLabel(call.hub, call.repository, each))
  }),
  onRepository('DELETE', '/issues/{issue_number}/labels/{name}', write, 'triage', (call) => {
    const pull = thePull(call, 'issue_number')
    const label = findLabel(call.repository, param(call, 'name'))
    if (!label || !pull.labels.delete(label)) throw notFound()
    emitPull(call.hub, pull, 'unlabeled', call.doer, {
      label: presentLabel(call.hub, call.repository, label),
    })
    return page(call, [...pull.labels], (each) => presentLabel(call.hub, call.repository, each))
  }),
]

function openIssue({ hub, repository, input, doer }: RepositoryCall): Issue {
  const title = input.text('title')
  checkTitle(title)
  const issue: Issue = {
    id: nextId(hub.state),
    number: repository.nextNumber++,
    title,
    body: input.optionalText('body') ?? null,
    author: doer.account,
    app: doer.app,
    createdAt: hub.clock.now(),
  }
  repository.issues.set(issue.number, issue)
  return issue
}

/** Nobody closes an issue here. */
function stateOf(either: Pull | Issue): string {
  return 'state' in either ? either.state : 'open'
}

function presentAny({ hub, repository }: RepositoryCall, either: Pull | Issue) {
  return 'state' in either ? issue(hub, either) : plainIssue(hub, repository, either)
}

function theComment(call: RepositoryCall): IssueComment {
  const id = numberParam(call, 'comment_id')
  for (const pull of call.repository.pulls.values()) {
    const found = pull.comments.find((each) => each.id === id)
    if (found) return found
  }
  throw notFound()
}

function findLabel(repository: Repository, name: string): Label | undefined {
  return repository.labels.get(name.toLowerCase())
}

/** Unknown labels come into being when first used. */
function labelOf(call: RepositoryCall, name: string): Label {
  const known = findLabel(call.repository, name)
  if (known) return known
  const label = { id: nextId(call.hub.state), name, color: 'ededed', description: null }
  call.repository.labels.set(name.toLowerCase(), label)
  return label
}

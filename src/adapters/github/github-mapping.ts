import type { CheckConclusion, Comment, Permission, Pull, Review } from '../../domain/pull.ts'
import type { Actor, Instant, RepositoryRef, Sha } from '../../domain/refs.ts'

/** As octokit types them; kept as text everywhere else. */
export type NumericId = number | bigint

/** The fields we read of GitHub's answers. Everything else in them is ignored. */
export interface GitHubUser {
  id: NumericId
  login: string
  type?: string
}

export interface GitHubPull {
  number: number
  title: string
  body: string | null
  user: GitHubUser | null
  state: string
  locked?: boolean
  draft?: boolean
  merged_at: string | null
  merged_by?: GitHubUser | null
  merge_commit_sha?: string | null
  created_at: string
  updated_at: string
  html_url: string
  base: { ref: string; sha: string; repo: { id: NumericId } }
  head: { ref: string; sha: string; repo: { id: NumericId } | null }
}

/** The account that GitHub shows for everything a deleted account left behind. */
const ghost: Actor = { id: '10137', login: 'ghost', isBot: false }

export function toActor(user: GitHubUser | null | undefined): Actor {
  return user ? { id: String(user.id), login: user.login, isBot: user.type === 'Bot' } : ghost
}

/** `baseSha`: the tip of the base branch just now; the pull request's own field is as old as its last event. */
export function toPull(repository: RepositoryRef, pull: GitHubPull, baseSha: Sha): Pull {
  const isMerged = pull.merged_at !== null
  return {
    ref: { repository, number: pull.number },
    title: pull.title,
    body: pull.body ?? '',
    author: toActor(pull.user),
    state: isMerged ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    isDraft: pull.draft ?? false,
    isFork: pull.head.repo?.id !== pull.base.repo.id,
    ...(pull.locked && { isLocked: true }),
    baseBranch: pull.base.ref,
    baseSha,
    headBranch: pull.head.ref,
    headSha: pull.head.sha,
    ...(isMerged && pull.merged_by && { mergedBy: toActor(pull.merged_by) }),
    ...(isMerged && pull.merge_commit_sha && { mergeSha: pull.merge_commit_sha }),
    createdAt: toInstant(pull.created_at),
    updatedAt: toInstant(pull.updated_at),
    url: pull.html_url,
  }
}

const reviewStates = new Map<string, Review['state']>([
  ['APPROVED', 'approved'],
  ['CHANGES_REQUESTED', 'changes-requested'],
  ['COMMENTED', 'commented'],
  ['DISMISSED', 'dismissed'],
])

/** Undefined for a review that its author has not submitted yet. */
export function toReview(review: {
  id: NumericId
  user: GitHubUser | null
  state: string
  commit_id?: string | null
  submitted_at?: string | null
}): Review | undefined {
  const state = reviewStates.get(review.state.toUpperCase())
  if (!state) return undefined
  return {
    id: String(review.id),
    author: toActor(review.user),
    state,
    sha: review.commit_id ?? '',
    at: toInstant(review.submitted_at),
  }
}

export interface GitHubComment {
  id: NumericId
  user: GitHubUser | null
  body?: string | null
  created_at: string
  updated_at: string
  issue_url?: string
  performed_via_github_app?: { id?: NumericId } | null
}

export function toComment(comment: GitHubComment): Comment {
  const appId = comment.performed_via_github_app?.id
  return {
    id: String(comment.id),
    author: toActor(comment.user),
    ...(appId !== undefined && { appId: String(appId) }),
    body: comment.body ?? '',
    createdAt: toInstant(comment.created_at),
    isEdited: comment.updated_at !== comment.created_at,
  }
}

const ourConclusions: readonly string[] = [
  'success',
  'failure',
  'action_required',
] satisfies CheckConclusion[]

/** `ACTION_REQUIRED` → `action_required`; undefined for one that we never give. */
export function toConclusion(text: string | null): CheckConclusion | undefined {
  const name = (text ?? '').toLowerCase()
  const isOurs = (conclusion: string): conclusion is CheckConclusion => ourConclusions.includes(conclusion)
  return isOurs(name) ? name : undefined
}

const permissions: readonly string[] = [
  'none',
  'read',
  'triage',
  'write',
  'maintain',
  'admin',
] satisfies Permission[]

/** `role_name` tells triage and maintain apart; a role that an organisation made up counts as the permission under it. */
export function toPermission(answer: { permission: string; role_name?: string }): Permission {
  const isKnown = (name: string | undefined): name is Permission =>
    name !== undefined && permissions.includes(name)
  return [answer.role_name, answer.permission].find(isKnown) ?? 'none'
}

export function toInstant(text: string | null | undefined): Instant {
  const at = Date.parse(text ?? '')
  return Number.isFinite(at) ? at : 0
}

/** Accounts named by `Co-authored-by` trailers with GitHub's own no-reply address, which carries the account's id. */
export function coAuthors(message: string): Actor[] {
  return message.split('\n').flatMap((line) => {
    const match =
      /^co-authored-by: [^<]{0,200}<(\d{1,20})\+([^@>\s]{1,100})@users\.noreply\.github\.com>\s*$/i.exec(line)
    const [, id = '', login = ''] = match ?? []
    return match ? [{ id, login, isBot: login.endsWith('[bot]') }] : []
  })
}

export function uniqueActors(actors: readonly Actor[]): Actor[] {
  return [...new Map(actors.map((actor) => [actor.id, actor])).values()]
}

/** Ids grow with time: the oldest first. */
export function byAge(left: { id: NumericId }, right: { id: NumericId }): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
}

import { hasPermission, permissionOf } from './permissions.ts'
import { nextId, type Account, type Protection, type Pull, type Repository, type Review } from './state.ts'
import type { Doer, Hub } from './hub.ts'

/** The protection of a branch: its own first, then the first pattern that fits. */
export function protectionOf(repository: Repository, branch: string): Protection | undefined {
  const own = repository.protections.get(branch)
  if (own) return own
  for (const [pattern, protection] of repository.protections) {
    if (pattern.includes('*') && fits(pattern, branch)) return protection
  }
  return undefined
}

/** Linear wildcard match; `*` stands for any text. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (!text.startsWith(parts[0]!)) return false
  let position = parts[0]!.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, position)
    if (found < 0) return false
    position = found + part.length
  }
  const last = parts.at(-1)!
  return text.length - last.length >= position && text.endsWith(last)
}

/** Why a direct push is refused; undefined where it is allowed. */
export function pushRefusal(repository: Repository, branch: string, doer: Doer): string | undefined {
  const protection = protectionOf(repository, branch)
  if (!protection || bypasses(repository, protection, doer)) return undefined
  if (protection.restrictions && !isAllowed(protection.restrictions, doer)) {
    return 'You are not authorized to push to this branch.'
  }
  if (protection.requiredReviews) return 'Changes must be made through a pull request.'
  const checks = protection.requiredChecks?.checks.map((check) => `"${check.context}"`) ?? []
  if (checks.length > 0) return `Required status check ${checks.join(', ')} is expected.`
  return undefined
}

export function mayForcePush(repository: Repository, branch: string, doer: Doer): boolean {
  const protection = protectionOf(repository, branch)
  return !protection || protection.allowForcePushes === true || bypasses(repository, protection, doer)
}

export function mayDelete(repository: Repository, branch: string, doer: Doer): boolean {
  const protection = protectionOf(repository, branch)
  if (branch === repository.defaultBranch) return false
  return !protection || protection.allowDeletions === true || bypasses(repository, protection, doer)
}

function bypasses(repository: Repository, protection: Protection, doer: Doer): boolean {
  return !protection.enforceAdmins && !doer.app && permissionOf(repository, doer.account) === 'admin'
}

function isAllowed(restrictions: NonNullable<Protection['restrictions']>, doer: Doer): boolean {
  if (doer.app) return restrictions.apps.includes(doer.app.slug)
  const teams = [...doer.account.teams].map((team) => team.slug)
  return (
    restrictions.users.includes(doer.account.login) || teams.some((slug) => restrictions.teams.includes(slug))
  )
}

/** What keeps a pull request from being merged by `doer`, in GitHub's words; undefined: nothing. */
export function mergeRefusal(
  pull: Pull,
  doer: Doer,
  isBaseInHead: boolean,
  isByQueue = false,
): string | undefined {
  const { repository } = pull
  const protection = protectionOf(repository, pull.baseBranch)
  if (!protection || bypasses(repository, protection, doer)) return undefined
  if (protection.mergeQueue && !isByQueue)
    return 'Repository rule violations found\n\nChanges must be made through the merge queue'
  return (
    reviewRefusal(pull, protection) ??
    checkRefusal(pull, protection) ??
    (protection.requiredChecks?.strict && !isBaseInHead
      ? 'The head branch is not up to date with the base branch.'
      : undefined) ??
    (protection.restrictions && !isAllowed(protection.restrictions, doer)
      ? 'You are not authorized to push to this branch.'
      : undefined)
  )
}

function reviewRefusal(pull: Pull, protection: Protection): string | undefined {
  const rule = protection.requiredReviews
  if (!rule) return undefined
  const latest = latestReviews(pull)
  if (latest.some((review) => review.state === 'CHANGES_REQUESTED')) {
    return 'Changes have been requested by reviewers with write access.'
  }
  const approvals = latest.filter((review) => {
    const isLate = rule.lastPushApproval && review.author === pull.lastPusher
    return review.state === 'APPROVED' && !isLate
  })
  const missing = rule.count - approvals.length
  if (missing <= 0) return undefined
  return rule.count === 1
    ? 'At least 1 approving review is required by reviewers with write access.'
    : `At least ${rule.count} approving reviews are required by reviewers with write access.`
}

/** The newest approving, refusing or dismissed review of each person who may write. */
export function latestReviews(pull: Pull): Review[] {
  const latest = new Map<Account, Review>()
  for (const review of pull.reviews) {
    if (review.state === 'COMMENTED' || review.state === 'PENDING') continue
    if (hasPermission(pull.repository, review.author, 'write')) latest.set(review.author, review)
  }
  return [...latest.values()]
}

type CheckState = 'passed' | 'failing' | 'pending' | 'expected'

function checkRefusal(pull: Pull, protection: Protection): string | undefined {
  const checks = protection.requiredChecks?.checks ?? []
  const open = checks
    .map((check) => ({
      ...check,
      state: requiredState(pull.repository, pull.headSha, check.context, check.appId),
    }))
    .filter((check) => check.state !== 'passed')
  if (open.length === 0) return undefined
  if (open.length === 1) {
    const [{ context, state }] = open as [{ context: string; state: CheckState }]
    return `Required status check "${context}" is ${state}.`
  }
  return `${open.length} of ${checks.length} required status checks ${openWords(open.map((each) => each.state))}.`
}

function openWords(states: CheckState[]): string {
  const [first] = states
  if (states.every((state) => state === first)) return first === 'failing' ? 'are failing' : `are ${first}`
  return states.includes('failing') ? 'have not succeeded' : 'are expected'
}

/**
 * A check run of the pinned app (any app where none is pinned), and a status of the same name where there is one:
 * both must have passed then. `neutral` and `skipped` pass.
 */
export function requiredState(
  repository: Repository,
  headSha: string,
  context: string,
  appId: number | undefined,
): CheckState {
  const run = repository.runs.findLast(
    (each) =>
      each.name === context &&
      each.suite.sha === headSha &&
      (appId === undefined || each.suite.app.id === appId),
  )
  const status =
    appId === undefined
      ? repository.statuses.findLast((each) => each.context === context && each.sha === headSha)
      : undefined
  const states: CheckState[] = []
  if (run) states.push(runState(run.conclusion))
  if (status) states.push(statusStates[status.state])
  return (
    (['failing', 'pending'] as const).find((state) => states.includes(state)) ??
    (states[0] ? 'passed' : 'expected')
  )
}

const statusStates = { success: 'passed', pending: 'pending', failure: 'failing', error: 'failing' } as const

function runState(conclusion: string | null): CheckState {
  if (conclusion === null) return 'pending'
  return ['success', 'neutral', 'skipped'].includes(conclusion) ? 'passed' : 'failing'
}

/** GitHub's `mergeable_state`: does not consider who asks. */
export function mergeableStateOf(pull: Pull): string {
  if (pull.state === 'closed' || pull.mergeability === 'unknown' || pull.mergeability === 'computing')
    return 'unknown'
  if (pull.mergeability === 'conflicting') return 'dirty'
  if (pull.isDraft) return 'draft'
  const protection = protectionOf(pull.repository, pull.baseBranch)
  if (protection && (reviewRefusal(pull, protection) ?? checkRefusal(pull, protection))) return 'blocked'
  const runs = pull.repository.runs.filter((run) => run.suite.sha === pull.headSha)
  const latest = [...new Map(runs.map((run) => [`${run.suite.app.id} ${run.name}`, run])).values()]
  return latest.every((run) => runState(run.conclusion) === 'passed') ? 'clean' : 'unstable'
}

/** Approvals are dismissed by a new head where the branch asks for it. */
export function dismissStaleReviews(hub: Hub, pull: Pull): Review[] {
  if (!protectionOf(pull.repository, pull.baseBranch)?.requiredReviews?.dismissStale) return []
  const stale = pull.reviews.filter((review) => review.state === 'APPROVED' && review.sha !== pull.headSha)
  for (const review of stale) {
    review.state = 'DISMISSED'
    pull.timeline.push({
      at: hub.clock.now(),
      by: review.author,
      text: `dismissed ${review.author.login}’s stale review`,
    })
  }
  return stale
}

export function newReview(
  hub: Hub,
  pull: Pull,
  author: Account,
  fields: Pick<Review, 'body' | 'state' | 'sha'>,
): Review {
  const submittedAt = fields.state === 'PENDING' ? undefined : hub.clock.now()
  return { id: nextId(hub.state), pull, author, ...fields, submittedAt }
}

import type { Sha } from '../../domain/refs.ts'
import { ApiError, validationFailed } from './api-error.ts'
import { inBackground, type Doer, type Hub } from './hub.ts'
import { simpleTeam } from './present/account.ts'
import { fullPull, review as presentReview, simplePull } from './present/pull.ts'
import { dismissStaleReviews } from './protection.ts'
import { nextId, type Pull, type Repository, type Review } from './state.ts'

export interface PullToOpen {
  title: string
  body?: string | null
  head: string
  base: string
  isDraft?: boolean
}

/** Opens a pull request from a branch of the same repository, with GitHub's refusals. */
export async function openPull(
  hub: Hub,
  repository: Repository,
  wanted: PullToOpen,
  doer: Doer,
): Promise<Pull> {
  const headBranch = withoutOwner(repository, wanted.head)
  const [headSha, baseSha] = await Promise.all([
    hub.git.resolve(repository.folder, `refs/heads/${headBranch}`),
    hub.git.resolve(repository.folder, `refs/heads/${wanted.base}`),
  ])
  const errors = []
  if (!headSha) errors.push({ resource: 'PullRequest', field: 'head', code: 'invalid' as const })
  if (!baseSha) errors.push({ resource: 'PullRequest', field: 'base', code: 'invalid' as const })
  if (!headSha || !baseSha) throw validationFailed(...errors)
  checkTitle(wanted.title)
  refuseDuplicate(repository, headBranch, wanted.base)
  const mergeBase = await hub.git.mergeBase(repository.folder, baseSha, headSha)
  if (!mergeBase || mergeBase === headSha) {
    const message = `No commits between ${wanted.base} and ${headBranch}`
    throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'custom', message })
  }
  // Asked once more: another request may have opened it while git was looking.
  refuseDuplicate(repository, headBranch, wanted.base)
  const now = hub.clock.now()
  const pull: Pull = {
    id: nextId(hub.state),
    repository,
    number: repository.nextNumber++,
    title: wanted.title,
    body: wanted.body ?? null,
    author: doer.account,
    state: 'open',
    isDraft: wanted.isDraft ?? false,
    headBranch,
    headSha,
    baseBranch: wanted.base,
    baseSha,
    lastPusher: doer.account,
    mergeability: 'unknown',
    size: { commits: 0, additions: 0, deletions: 0, changedFiles: 0 },
    requestedUsers: new Set(),
    requestedTeams: new Set(),
    assignees: new Set(),
    labels: new Set(),
    comments: [],
    reviews: [],
    timeline: [],
    createdAt: now,
    updatedAt: now,
  }
  repository.pulls.set(pull.number, pull)
  await hub.git.updateRef(repository.folder, `refs/pull/${pull.number}/head`, undefined, headSha)
  await measure(hub, pull)
  emitPull(hub, pull, 'opened', doer)
  return pull
}

function withoutOwner(repository: Repository, head: string): string {
  const prefix = `${repository.owner.login}:`
  return head.toLowerCase().startsWith(prefix.toLowerCase()) ? head.slice(prefix.length) : head
}

export function checkTitle(title: string): void {
  if (title.trim() === '')
    throw validationFailed({ resource: 'Issue', field: 'title', code: 'missing_field' })
  if (title.length > 256) {
    const message = 'title is too long (maximum is 256 characters)'
    throw validationFailed({ resource: 'Issue', field: 'title', code: 'custom', message })
  }
}

function refuseDuplicate(repository: Repository, head: string, base: string): void {
  for (const pull of repository.pulls.values()) {
    if (pull.state !== 'open' || pull.headBranch !== head || pull.baseBranch !== base) continue
    const message = `A pull request already exists for ${repository.owner.login}:${head}.`
    throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'custom', message })
  }
}

export interface PullChanges {
  title?: string
  body?: string | null
  base?: string
  state?: 'open' | 'closed'
}

export async function editPull(hub: Hub, pull: Pull, changes: PullChanges, doer: Doer): Promise<void> {
  const edited: Record<string, unknown> = {}
  if (changes.title !== undefined && changes.title !== pull.title) {
    checkTitle(changes.title)
    edited.title = { from: pull.title }
    pull.title = changes.title
  }
  if (changes.body !== undefined && changes.body !== pull.body) {
    edited.body = { from: pull.body ?? '' }
    pull.body = changes.body
  }
  if (changes.base !== undefined && changes.base !== pull.baseBranch) {
    edited.base = { ref: { from: pull.baseBranch }, sha: { from: pull.baseSha } }
    await retarget(hub, pull, changes.base)
  }
  if (Object.keys(edited).length > 0) {
    pull.updatedAt = hub.clock.now()
    emitPull(hub, pull, 'edited', doer, { changes: edited })
  }
  if (changes.state === 'closed') await closePull(hub, pull, doer)
  if (changes.state === 'open') await reopenPull(hub, pull, doer)
}

async function retarget(hub: Hub, pull: Pull, base: string): Promise<void> {
  const sha = await hub.git.resolve(pull.repository.folder, `refs/heads/${base}`)
  if (!sha) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  if (pull.state === 'closed')
    throw new ApiError(422, 'Cannot change the base branch of a closed pull request.')
  refuseDuplicate(pull.repository, pull.headBranch, base)
  Object.assign(pull, { baseBranch: base, baseSha: sha, mergeability: 'unknown' })
  await measure(hub, pull)
}

export async function closePull(hub: Hub, pull: Pull, doer: Doer): Promise<void> {
  if (pull.state === 'closed') return
  const now = hub.clock.now()
  Object.assign(pull, { state: 'closed', closedAt: now, updatedAt: now })
  pull.timeline.push({ at: now, by: doer.account, text: 'closed this pull request' })
  emitPull(hub, pull, 'closed', doer)
}

async function reopenPull(hub: Hub, pull: Pull, doer: Doer): Promise<void> {
  if (pull.state === 'open') return
  const head = await hub.git.resolve(pull.repository.folder, `refs/heads/${pull.headBranch}`)
  if (pull.merged || !head) {
    const message = pull.merged
      ? 'The pull request cannot be reopened.'
      : `The ${pull.headBranch} branch has been deleted.`
    throw validationFailed({ resource: 'PullRequest', field: 'state', code: 'invalid', message })
  }
  refuseDuplicate(pull.repository, pull.headBranch, pull.baseBranch)
  const now = hub.clock.now()
  Object.assign(pull, { state: 'open', closedAt: undefined, updatedAt: now, mergeability: 'unknown' })
  pull.timeline.push({ at: now, by: doer.account, text: 'reopened this pull request' })
  emitPull(hub, pull, 'reopened', doer)
  if (head !== pull.headSha) await synchronisePull(hub, pull, head, doer)
}

export function setDraft(hub: Hub, pull: Pull, isDraft: boolean, doer: Doer): void {
  if (pull.isDraft === isDraft) return
  pull.isDraft = isDraft
  pull.updatedAt = hub.clock.now()
  emitPull(hub, pull, isDraft ? 'converted_to_draft' : 'ready_for_review', doer)
}

/** The head branch has moved. */
export async function synchronisePull(hub: Hub, pull: Pull, after: Sha, doer: Doer): Promise<void> {
  const before = pull.headSha
  if (before === after) return
  const { folder } = pull.repository
  const baseSha = (await hub.git.resolve(folder, `refs/heads/${pull.baseBranch}`)) ?? pull.baseSha
  if (hub.chaos.rebindsReviews) await rebindReviews(hub, pull, before, after, baseSha)
  const now = hub.clock.now()
  Object.assign(pull, {
    headSha: after,
    baseSha,
    lastPusher: doer.account,
    mergeability: 'unknown',
    updatedAt: now,
  })
  await hub.git.updateRef(folder, `refs/pull/${pull.number}/head`, before, after)
  await measure(hub, pull)
  pull.timeline.push({ at: now, by: doer.account, text: `pushed ${after.slice(0, 7)}` })
  emitPull(hub, pull, 'synchronize', doer, { before, after })
  for (const review of dismissStaleReviews(hub, pull)) emitReview(hub, review, 'dismissed', doer)
}

/** A rebase whose patch is the same: GitHub was seen to move `commit_id` of reviews to the new head. */
async function rebindReviews(hub: Hub, pull: Pull, before: Sha, after: Sha, base: Sha): Promise<void> {
  const { folder } = pull.repository
  const patchOf = async (head: Sha) => {
    const fork = await hub.git.mergeBase(folder, base, head)
    return fork ? hub.git.patchId(folder, fork, head) : head
  }
  if ((await patchOf(before)) !== (await patchOf(after))) return
  for (const review of pull.reviews) if (review.sha === before) review.sha = after
}

/** The base branch has moved: mergeability is unknown again, and a head it now contains counts as merged. */
export async function followBase(hub: Hub, pull: Pull, after: Sha, doer: Doer): Promise<void> {
  pull.mergeability = 'unknown'
  if (!(await hub.git.isAncestor(pull.repository.folder, pull.headSha, after))) return
  const now = hub.clock.now()
  pull.merged = { at: now, by: doer.account, sha: pull.headSha, method: 'merge' }
  await closePull(hub, pull, doer)
}

/** Computed behind the answers: whoever asks first reads that it is not known yet. */
export function askMergeability(hub: Hub, pull: Pull): void {
  if (pull.state === 'closed' || pull.mergeability !== 'unknown') return
  pull.mergeability = 'computing'
  inBackground(hub, async () => {
    const { folder } = pull.repository
    const head = pull.headSha
    const base = await hub.git.resolve(folder, `refs/heads/${pull.baseBranch}`)
    const tree = base ? await hub.git.mergeTree(folder, base, head) : undefined
    if (pull.mergeability !== 'computing' || pull.headSha !== head) return
    pull.mergeability = tree ? 'clean' : 'conflicting'
  })
}

async function measure(hub: Hub, pull: Pull): Promise<void> {
  const { folder } = pull.repository
  const fork = await forkPoint(hub, pull)
  const [commits, files] = await Promise.all([
    hub.git.commits(folder, `${fork}..${pull.headSha}`),
    hub.git.files(folder, fork, pull.headSha),
  ])
  const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0)
  pull.size = {
    commits: commits.length,
    additions: sum(files.map((file) => file.additions)),
    deletions: sum(files.map((file) => file.deletions)),
    changedFiles: files.length,
  }
}

/** Where the head branched off: what a pull request's diff is taken against. */
export async function forkPoint(hub: Hub, pull: Pull): Promise<Sha> {
  return (await hub.git.mergeBase(pull.repository.folder, pull.baseSha, pull.headSha)) ?? pull.baseSha
}

export function emitPull(hub: Hub, pull: Pull, action: string, doer: Doer, extra: object = {}): void {
  hub.webhooks.emit('pull_request', pull.repository, doer.account, {
    action,
    number: pull.number,
    pull_request: { ...fullPull(hub, pull), requested_teams: webhookTeams(hub, pull) },
    ...extra,
  })
}

export function emitReview(hub: Hub, review: Review, action: string, doer: Doer): void {
  const shown = presentReview(hub, review)
  hub.webhooks.emit('pull_request_review', review.pull.repository, doer.account, {
    action,
    review: { ...shown, submitted_at: shown.submitted_at ?? null, state: review.state.toLowerCase() },
    pull_request: { ...simplePull(hub, review.pull), requested_teams: webhookTeams(hub, review.pull) },
  })
}

function webhookTeams(hub: Hub, pull: Pull) {
  return [...pull.requestedTeams].map((team) => simpleTeam(hub, team))
}

import type { Sha } from '../../domain/refs.ts'
import { ApiError } from './api-error.ts'
import type { Doer, Hub } from './hub.ts'
import type { CommitEntry } from './git-output.ts'
import type { Person } from './git-store.ts'
import { hasPermission } from './permissions.ts'
import { accountByEmail } from './present/commit.ts'
import { mergeRefusal } from './protection.ts'
import { closePull, forkPoint } from './pulls.ts'
import { afterRefsMoved } from './refs.ts'
import { fullNameOf, type Account, type MergeMethod, type Pull } from './state.ts'
import { inTurn } from './turns.ts'

export interface MergeWish {
  method: MergeMethod
  /** Refused with 409 where the head is another by now. */
  sha?: Sha
  title?: string
  message?: string
}

const github: Person = { name: 'GitHub', email: 'noreply@github.com' }

/** Merges with git's own merge, in GitHub's three ways and with its refusals. */
export function mergePull(hub: Hub, pull: Pull, wish: MergeWish, doer: Doer): Promise<Sha> {
  return inTurn(pull.repository, async () => {
    const { repository } = pull
    const { folder } = repository
    if (!doer.app && !hasPermission(repository, doer.account, 'write'))
      throw new ApiError(403, 'Must have write access')
    if (pull.state === 'closed') throw notMergeable()
    if (pull.isDraft) throw new ApiError(405, 'Pull Request is still a draft')
    if (wish.sha !== undefined && wish.sha !== pull.headSha) {
      throw new ApiError(409, 'Head branch was modified. Review and try the merge again.')
    }
    if (!repository.mergeMethods[wish.method]) throw new ApiError(405, methodRefusals[wish.method])
    const base = await hub.git.resolve(folder, `refs/heads/${pull.baseBranch}`)
    if (!base) throw notMergeable()
    const isUpToDate = await hub.git.isAncestor(folder, base, pull.headSha)
    const refusal = mergeRefusal(pull, doer, isUpToDate)
    if (refusal) throw new ApiError(405, refusal)
    const sha = await commitMerge(hub, pull, base, wish, doer)
    if (!(await hub.git.updateRef(folder, `refs/heads/${pull.baseBranch}`, base, sha))) {
      throw new ApiError(405, 'Base branch was modified. Review and try the merge again.')
    }
    await finishMerge(hub, pull, { before: base, sha, method: wish.method }, doer)
    return sha
  })
}

/** What follows when the base branch has the merge. */
export async function finishMerge(
  hub: Hub,
  pull: Pull,
  { before, sha, method }: { before: Sha; sha: Sha; method: MergeMethod },
  doer: Doer,
): Promise<void> {
  const { repository } = pull
  const now = hub.clock.now()
  pull.merged = { at: now, by: doer.account, sha, method }
  pull.timeline.push({
    at: now,
    by: doer.account,
    text: `merged commit ${sha.slice(0, 7)} into ${pull.baseBranch}`,
  })
  await closePull(hub, pull, doer)
  const updates = [{ ref: `refs/heads/${pull.baseBranch}`, before, after: sha as Sha | undefined }]
  const head = `refs/heads/${pull.headBranch}`
  const { folder, deleteBranchOnMerge } = repository
  if (deleteBranchOnMerge && (await hub.git.updateRef(folder, head, pull.headSha, undefined))) {
    updates.push({ ref: head, before: pull.headSha, after: undefined })
  }
  await afterRefsMoved(hub, repository, updates, doer)
}

const notMergeable = () => new ApiError(405, 'Pull Request is not mergeable')

const methodRefusals: Record<MergeMethod, string> = {
  merge: 'Merge commits are not allowed on this repository.',
  squash: 'Squash merges are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
}

/** The commit that the base would become, on no branch. */
export async function commitMerge(
  hub: Hub,
  pull: Pull,
  base: Sha,
  wish: MergeWish,
  doer: Doer,
): Promise<Sha> {
  if (wish.method === 'rebase') return rebase(hub, pull, base)
  const { folder } = pull.repository
  const tree = await hub.git.mergeTree(folder, base, pull.headSha)
  if (!tree) {
    pull.mergeability = 'conflicting'
    throw notMergeable()
  }
  const at = hub.clock.now()
  if (wish.method === 'merge') {
    const title =
      wish.title ??
      `Merge pull request #${pull.number} from ${fullNameOf(pull.repository)}/${pull.headBranch}`
    const message = `${title}\n\n${wish.message ?? pull.title}\n`
    return hub.git.commitTree(folder, tree, [base, pull.headSha], {
      message,
      author: personOf(doer.account),
      committer: github,
      at,
    })
  }
  const commits = await pullCommits(hub, pull)
  const title = wish.title ?? `${squashTitle(pull, commits)} (#${pull.number})`
  const message = `${title}\n\n${wish.message ?? squashBody(hub, pull, commits)}`.trimEnd()
  return hub.git.commitTree(folder, tree, [base], {
    message: `${message}\n`,
    author: personOf(pull.author),
    committer: github,
    at,
  })
}

/** A single commit gives its own subject, several give the pull request's title. */
function squashTitle(pull: Pull, commits: CommitEntry[]): string {
  return commits.length === 1 ? commits[0]!.message.split('\n')[0]! : pull.title
}

function squashBody(hub: Hub, pull: Pull, commits: CommitEntry[]): string {
  const [only] = commits
  const text =
    commits.length === 1
      ? only!.message.split('\n').slice(1).join('\n').trim()
      : commits.map((commit) => `* ${commit.message}`).join('\n\n')
  const others = commits
    .map((commit) => commit.author)
    .filter((author) => accountByEmail(hub, author.email) !== pull.author)
  const names = [...new Set(others.map((author) => `Co-authored-by: ${author.name} <${author.email}>`))]
  return names.length > 0 ? `${text}\n\n${names.join('\n')}` : text
}

/** Replays each commit on the base; merge commits are left out. */
async function rebase(hub: Hub, pull: Pull, base: Sha): Promise<Sha> {
  const { folder } = pull.repository
  let tip = base
  for (const commit of await pullCommits(hub, pull)) {
    if (commit.parents.length !== 1) continue
    const tree = await cherryPick(hub, folder, tip, commit)
    if (!tree) throw notMergeable()
    tip = await hub.git.commitTree(folder, tree, [tip], {
      message: `${commit.message}\n`,
      author: commit.author,
      committer: github,
      at: hub.clock.now(),
      authoredAt: commit.author.at,
    })
  }
  return tip
}

/**
 * The tree of `commit`'s change put on `tip`. `merge-tree` finds its base by history, so the tip's tree is first
 * committed as a sibling of `commit`.
 */
async function cherryPick(hub: Hub, folder: string, tip: Sha, commit: CommitEntry): Promise<Sha | undefined> {
  const [parent] = commit.parents
  const [tipCommit] = await hub.git.commits(folder, '--max-count=1', tip)
  const sibling = await hub.git.commitTree(folder, tipCommit!.tree, [parent!], {
    message: 'sibling',
    author: github,
    committer: github,
    at: hub.clock.now(),
  })
  return hub.git.mergeTree(folder, sibling, commit.sha)
}

/** Oldest first. */
export async function pullCommits(hub: Hub, pull: Pull): Promise<CommitEntry[]> {
  const fork = await forkPoint(hub, pull)
  return (
    await hub.git.commits(pull.repository.folder, '--topo-order', `${fork}..${pull.headSha}`)
  ).toReversed()
}

export function personOf(account: Account): Person {
  return { name: account.name, email: account.email }
}

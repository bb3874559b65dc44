import type { Sha } from '../../domain/refs.ts'
import type { Doer, Hub } from './hub.ts'
import { accountByEmail, webhookCommit } from './present/commit.ts'
import { time } from './present/basics.ts'
import { checkSuite } from './present/check.ts'
import { closePull, followBase, synchronisePull } from './pulls.ts'
import { addSuite } from './suites.ts'
import { fullNameOf, type Repository } from './state.ts'
import type { CommitEntry } from './git-output.ts'

const zero = '0'.repeat(40)

/** A ref that has moved; undefined on either side: it was created or deleted. */
export interface RefUpdate {
  ref: string
  before: Sha | undefined
  after: Sha | undefined
}

/** What GitHub does after refs have moved: push events, pull request heads, check suites. */
export async function afterRefsMoved(
  hub: Hub,
  repository: Repository,
  updates: RefUpdate[],
  pusher: Doer,
): Promise<void> {
  repository.pushedAt = hub.clock.now()
  for (const update of updates) {
    const branch = branchOf(update.ref)
    await emitPush(hub, repository, update, pusher)
    if (branch === undefined) continue
    if (update.after)
      await requestSuites(hub, repository, branch, update.before ?? null, update.after, pusher)
    for (const pull of repository.pulls.values()) {
      if (pull.state !== 'open') continue
      if (pull.headBranch === branch) {
        if (update.after) await synchronisePull(hub, pull, update.after, pusher)
        else await closePull(hub, pull, pusher)
      } else if (pull.baseBranch === branch && update.after) {
        await followBase(hub, pull, update.after, pusher)
      }
    }
  }
}

export function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined
}

async function emitPush(hub: Hub, repository: Repository, update: RefUpdate, pusher: Doer): Promise<void> {
  const { git } = hub
  const { before, after } = update
  const isForced = before && after ? !(await git.isAncestor(repository.folder, before, after)) : false
  const range = after
    ? before
      ? [`${before}..${after}`]
      : [after, '--not', `--exclude=${update.ref}`, '--branches']
    : []
  const commits = after
    ? (await git.commits(repository.folder, '--max-count=2048', ...range)).toReversed()
    : []
  const head = after ? (await git.commits(repository.folder, '--max-count=1', after))[0] : undefined
  const page = `${hub.url}/${fullNameOf(repository)}`
  const shown = await Promise.all(commits.slice(-20).map((entry) => pushedCommit(hub, repository, entry)))
  hub.webhooks.emit('push', repository, pusher.account, {
    ref: update.ref,
    before: before ?? zero,
    after: after ?? zero,
    base_ref: null,
    created: before === undefined,
    deleted: after === undefined,
    forced: isForced,
    compare: `${page}/compare/${(before ?? after ?? zero).slice(0, 12)}...${(after ?? zero).slice(0, 12)}`,
    commits: shown,
    head_commit: head ? await pushedCommit(hub, repository, head) : null,
    pusher: { name: pusher.account.login, email: pusher.account.email },
  })
}

async function pushedCommit(hub: Hub, repository: Repository, entry: CommitEntry) {
  const [parent] = entry.parents
  const files = parent ? await hub.git.files(repository.folder, parent, entry.sha) : []
  const person = (who: { name: string; email: string }) => {
    const account = accountByEmail(hub, who.email)
    return { name: who.name, email: who.email, ...(account && { username: account.login }) }
  }
  const paths = (status: string[]) =>
    files.filter((each) => status.includes(each.status)).map((each) => each.path)
  return {
    id: entry.sha,
    tree_id: entry.tree,
    distinct: true,
    message: entry.message,
    timestamp: time(entry.committer.at),
    url: `${hub.url}/${fullNameOf(repository)}/commit/${entry.sha}`,
    author: person(entry.author),
    committer: person(entry.committer),
    added: paths(['added', 'renamed']),
    removed: [...paths(['removed']), ...files.flatMap((each) => each.previousPath ?? [])],
    modified: paths(['modified', 'changed']),
  }
}

/** Every installed app that may write checks gets its own suite for a pushed commit. */
async function requestSuites(
  hub: Hub,
  repository: Repository,
  branch: string,
  before: Sha | null,
  after: Sha,
  pusher: Doer,
): Promise<void> {
  for (const installation of hub.state.installations) {
    const { app } = installation
    if (!installation.repositories.has(repository) || installation.permissions.checks !== 'write') continue
    if (repository.suites.some((suite) => suite.app === app && suite.sha === after)) continue
    const suite = addSuite(hub, repository, app, after, branch, before)
    await emitSuite(hub, repository, suite, 'requested', pusher)
  }
}

export async function emitSuite(
  hub: Hub,
  repository: Repository,
  suite: Parameters<typeof checkSuite>[1],
  action: 'requested' | 'rerequested' | 'completed',
  doer: Doer,
): Promise<void> {
  const [head] = await hub.git.commits(repository.folder, '--max-count=1', suite.sha)
  if (!head) return
  const { repository: _, rerequestable, runs_rerequestable, ...shown } = checkSuite(hub, suite)
  const payload = {
    action,
    check_suite: {
      ...shown,
      // The published schema of this one action does not know them.
      ...(action !== 'rerequested' && { rerequestable, runs_rerequestable }),
      head_commit: webhookCommit(head),
    },
  }
  hub.webhooks.emit('check_suite', repository, doer.account, payload, suite.app)
}

import type { Action } from '../../domain/action.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import { targetKey } from '../../domain/refs.ts'
import type { Refusal } from '../../features/release/plan-releases.ts'
import { entriesByPath } from '../../domain/repository-files.ts'
import { planRestore } from '../../features/rollback/plan-restore.ts'
import { formatProposal } from '../../features/promotion/proposal-trailers.ts'
import type { Ports } from '../ports.ts'
import { perform } from '../perform/perform.ts'
import { restoreFiles } from '../repository/restore-files.ts'

/**
 * A commit on the branch was not released: its commit gets a failed check that says why, and a pull request that takes it
 * back is offered. People decide whether to merge that one.
 */
export async function reportRefusal(
  ports: Ports,
  repository: RepositoryRef,
  branch: string,
  tip: Sha,
  refusal: Refusal,
): Promise<number> {
  const { commit } = refusal
  const revertBranch = `drawbridge/revert-unapproved/${commit.sha.slice(0, 12)}`
  const earlier = await ports.store.effects.find(`pull/${repository.id}/${revertBranch}`)
  const view = {
    code: refusal.code,
    reason: refusal.reason,
    sha: commit.sha,
    by: commit.by,
    branch,
    targets: refusal.targets.map(targetKey),
  }
  const check = refusalCheck(ports, repository, view)
  const published = await ports.github.checks(repository, commit.sha)
  const actions: Action[] = published.some(({ fingerprint }) => fingerprint === check.check.fingerprint)
    ? []
    : [check]
  if (earlier.state !== 'settled' && refusal.code !== 'HOLDS_UNAPPROVED') {
    const offer = await offerRevert(ports, repository, branch, tip, refusal, revertBranch, view)
    if (offer) actions.push(offer)
  }
  return perform(ports, actions)
}

type RefusalView = {
  code: string
  reason: string
  sha: Sha
  by: string
  branch: string
  targets: string[]
}

function refusalCheck(
  ports: Ports,
  repository: RepositoryRef,
  view: RefusalView,
): Extract<Action, { kind: 'publish-check' }> {
  return {
    kind: 'publish-check',
    repository,
    check: {
      name: 'drawbridge/release',
      sha: view.sha,
      status: 'completed',
      conclusion: 'failure',
      title: `Not released: ${view.code}`,
      summary: ports.words.write('check/not-released', view),
      annotations: [],
      detailsUrl: ports.self.url,
      fingerprint: `refused-${view.code}-${view.sha.slice(0, 12)}`,
    },
  }
}

async function offerRevert(
  ports: Ports,
  repository: RepositoryRef,
  branch: string,
  tip: Sha,
  refusal: Refusal,
  revertBranch: string,
  view: RefusalView,
): Promise<Action | undefined> {
  const git = await ports.repository(repository)
  const parent = (await git.commit(refusal.commit.sha)).parents[0]
  if (!parent) return undefined
  const changed = await git.changedPaths(parent, refusal.commit.sha)
  const paths = changed.flatMap(({ path, previousPath }) => (previousPath ? [path, previousPath] : [path]))
  const goal = planRestore({
    good: { paths, entries: entriesByPath(await git.tree(parent)) },
    bad: { paths },
  })
  const files = await restoreFiles(git, { goal, bad: refusal.commit.sha, tip })
  if (files.conflicts.length > 0) {
    ports.log.warn(
      { sha: refusal.commit.sha, paths: files.conflicts },
      'unapproved commit was built upon: no revert is offered',
    )
    return undefined
  }
  const first = refusal.targets[0]
  const proposal = {
    kind: 'revert' as const,
    applications: [...new Set(refusal.targets.map(({ application }) => application))],
    environment: first?.environment ?? '',
    cause: 'unapproved-commit' as const,
    bad: refusal.commit.sha,
    good: parent,
    merge: 'people' as const,
  }
  const title = `Revert ${refusal.commit.sha.slice(0, 7)}, which did not come through an open gate`
  return {
    kind: 'open-pull',
    repository,
    proposal: {
      branch: revertBranch,
      baseBranch: branch,
      baseSha: tip,
      files: files.files,
      commitMessage: `${title}\n\n${refusal.reason}\n\n${formatProposal(proposal)}`,
      title,
      body: ports.words.write('pull/unapproved-commit', { ...view, paths: Object.keys(files.files) }),
      isDraft: false,
      labels: [],
    },
  }
}

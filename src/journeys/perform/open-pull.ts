import type { PullToOpen } from '../../domain/action.ts'
import type { RepositoryRef } from '../../domain/refs.ts'
import type { Ports } from '../ports.ts'
import { pushCommit } from './push-commit.ts'

/**
 * Opens a pull request from a branch with one commit of ours, signed; or brings the open one of that branch up to date.
 * The branch's name is the identity: whatever part was done before a crash is found and kept.
 */
export async function openPull(
  ports: Ports,
  repository: RepositoryRef,
  proposal: PullToOpen,
): Promise<{ number: number; url: string }> {
  const git = await ports.repository(repository)
  const current = await git.resolve(`refs/heads/${proposal.branch}`)
  const base = await git.commit(proposal.baseSha)
  const tree = await git.writeTree(base.tree, proposal.files)
  const isCurrent = current !== undefined && (await holds(ports, repository, current, tree, proposal))
  if (!isCurrent) {
    const { branch, baseSha, commitMessage: message } = proposal
    await pushCommit(ports, repository, { branch, current, tree, parents: [baseSha], message })
  }
  return ports.github.openPull(repository, proposal)
}

async function holds(
  ports: Ports,
  repository: RepositoryRef,
  current: string,
  tree: string,
  proposal: PullToOpen,
): Promise<boolean> {
  const git = await ports.repository(repository)
  const commit = await git.commit(current)
  return (
    commit.tree === tree &&
    commit.parents[0] === proposal.baseSha &&
    commit.message.trim() === proposal.commitMessage.trim()
  )
}

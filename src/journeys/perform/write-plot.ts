import type { Action } from '../../domain/action.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import { mostPlots, plotsToRemove } from '../../features/rollback/plots-to-remove.ts'
import type { GitRepository } from '../../ports/git.ts'
import { plotBranch } from './keep-plot.ts'
import type { Ports } from '../ports.ts'
import { pushCommit } from './push-commit.ts'
import { releaseOfBranch } from './revert-branch.ts'

/**
 * One more picture on the branch of pictures, which it begins where there is none; the oldest go. The same picture is written once.
 * The message of each commit lists the pictures that are there, the newest first.
 */
export async function writePlot(
  ports: Ports,
  { repository, path, svg }: Extract<Action, { kind: 'keep-plot' }>,
): Promise<{ commit: Sha }> {
  const git = await ports.repository(repository)
  const current = await git.resolve(`refs/heads/${plotBranch}`)
  const known = current === undefined ? [] : await listPlots(git, current)
  if (current && known.includes(path)) {
    const same = await git.writeTree(current, { [path]: svg })
    if ((await git.commit(current)).tree === same) return { commit: current }
  }
  const newestFirst = [path, ...known.filter((other) => other !== path)]
  const open = newestFirst.length > mostPlots ? await openReverts(ports, repository) : new Set<string>()
  const removed = new Set(plotsToRemove(newestFirst, open))
  const files = Object.fromEntries([...removed].map((old) => [old, null]))
  const tree = await git.writeTree(current, { ...files, [path]: svg })
  const kept = newestFirst.filter((one) => !removed.has(one))
  const message = `show ${path}\n\n${kept.join('\n')}\n`
  return {
    commit: await pushCommit(ports, repository, {
      branch: plotBranch,
      current,
      tree,
      parents: current ? [current] : [],
      message,
    }),
  }
}

async function openReverts(ports: Ports, repository: RepositoryRef): Promise<Set<string>> {
  const pulls = await ports.github.openPulls(repository)
  return new Set(pulls.flatMap(({ headBranch }) => releaseOfBranch(headBranch) ?? []))
}

/** The newest first, as the commit lists them; what it does not list is older than all that it does. */
async function listPlots(git: GitRepository, commit: Sha): Promise<string[]> {
  const present = (await git.tree(commit)).entries.map(({ path }) => path)
  const listed = (await git.commit(commit)).message.split('\n').filter((line) => present.includes(line))
  return [...new Set([...listed, ...present])]
}

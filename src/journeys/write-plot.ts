import type { Action } from '../domain/action.ts'
import type { Sha } from '../domain/refs.ts'
import { plotBranch } from './keep-plot.ts'
import type { Ports } from './ports.ts'
import { pushCommit } from './push-commit.ts'

/** One more picture on the branch of pictures, which it begins where there is none. The same picture is written once. */
export async function writePlot(
  ports: Ports,
  { repository, path, svg }: Extract<Action, { kind: 'keep-plot' }>,
): Promise<{ commit: Sha }> {
  const git = await ports.repository(repository)
  const current = await git.resolve(`refs/heads/${plotBranch}`)
  const tree = await git.writeTree(current, { [path]: svg })
  if (current && (await git.commit(current)).tree === tree) return { commit: current }
  const parents = current ? [current] : []
  const branch = { branch: plotBranch, current }
  return {
    commit: await pushCommit(ports, repository, { ...branch, tree, parents, message: `show ${path}` }),
  }
}

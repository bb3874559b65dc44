import type { Action } from '../domain/action.ts'
import type { Sha } from '../domain/refs.ts'
import { fullName } from '../domain/refs.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import { plotBranch } from './keep-plot.ts'
import type { Ports } from './ports.ts'

/** One more picture on the branch of pictures, which it begins where there is none. The same picture is written once. */
export async function writePlot(
  ports: Ports,
  { repository, path, svg }: Extract<Action, { kind: 'keep-plot' }>,
): Promise<{ commit: Sha }> {
  const git = await ports.repository(repository)
  const current = await git.resolve(`refs/heads/${plotBranch}`)
  const tree = await git.writeTree(current, { [path]: svg })
  if (current && (await git.commit(current)).tree === tree) return { commit: current }
  const { login, id } = ports.self.actor
  const commit = await git.writeCommit({
    tree,
    parents: current ? [current] : [],
    message: `show ${path}`,
    author: { name: login, email: `${id}+${login}@users.noreply.github.com` },
    at: ports.clock.now(),
    sign: (payload) => ports.self.sign(payload),
  })
  if ((await git.push(plotBranch, commit, current)) === 'pushed') return { commit }
  throw new AdapterError({
    system: 'git',
    operation: 'push',
    target: `${fullName(repository)} ${plotBranch}`,
    retryable: true,
    message: 'somebody else moved the branch; it is read again',
  })
}

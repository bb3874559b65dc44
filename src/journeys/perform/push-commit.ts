import { fullName, type RepositoryRef, type Sha } from '../../domain/refs.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Ports } from '../ports.ts'

/** One commit of ours, signed, as the new tip of a branch that is at `current`; absent: the branch does not exist yet. */
export async function pushCommit(
  ports: Ports,
  repository: RepositoryRef,
  request: { branch: string; current: Sha | undefined; tree: Sha; parents: Sha[]; message: string },
): Promise<Sha> {
  const { branch, current, ...content } = request
  const git = await ports.repository(repository)
  const { login, id } = ports.self.actor
  const commit = await git.writeCommit({
    ...content,
    author: { name: login, email: `${id}+${login}@users.noreply.github.com` },
    at: ports.clock.now(),
    sign: (payload) => ports.self.sign(payload),
  })
  if ((await git.push(branch, commit, current)) === 'pushed') return commit
  throw new AdapterError({
    system: 'git',
    operation: 'push',
    target: `${fullName(repository)} ${branch}`,
    retryable: true,
    message: 'somebody else moved the branch; it is read again',
  })
}

import type { Pull } from '../../domain/pull.ts'
import type { RepositoryRef } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import { revertBranch } from '../perform/revert-branch.ts'
import type { Ports } from '../ports.ts'
import type { Tip } from '../repository/read-configuration.ts'
import { readProposal } from '../repository/read-proposal.ts'

/**
 * Our open pull requests that take back another release of the same application in the same environment. One that has a
 * commit of somebody else on top is theirs.
 */
export async function openReverts(
  ports: Pick<Ports, 'github' | 'repository' | 'self'>,
  { repository, tip, bad }: { repository: RepositoryRef; tip: Tip; bad: Attestation },
): Promise<Pull[]> {
  const { application, environment } = bad.target
  const own = (await ports.github.openPulls(repository)).filter(
    ({ isFork, author, headBranch }) =>
      !isFork && author.id === ports.self.actor.id && headBranch !== revertBranch(bad),
  )
  const found = await Promise.all(
    own.map(async (pull) => {
      const isFetched = (await tip.git.resolve(pull.headSha)) !== undefined
      const proposal = isFetched ? await readProposal(ports, pull) : undefined
      const isSame =
        proposal?.kind === 'revert' &&
        proposal.cause !== 'unapproved-commit' &&
        proposal.environment === environment &&
        proposal.applications.includes(application)
      return isSame ? [pull] : []
    }),
  )
  return found.flat()
}

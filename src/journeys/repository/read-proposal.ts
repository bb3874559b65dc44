import type { Proposal } from '../../domain/proposal.ts'
import type { Pull } from '../../domain/pull.ts'
import { parseProposal } from '../../features/promotion/proposal-trailers.ts'
import type { Ports } from '../ports.ts'

/** A proposal is believed only from a commit that carries our own signature. */
export async function readProposal(
  ports: Pick<Ports, 'repository' | 'self'>,
  pull: Pull,
): Promise<Proposal | undefined> {
  const repository = await ports.repository(pull.ref.repository)
  const { payload, signature } = await repository.signedPayload(pull.headSha)
  if (signature === undefined || !ports.self.verify(payload, signature)) return undefined
  const commit = await repository.commit(pull.headSha)
  return parseProposal(commit.message)
}

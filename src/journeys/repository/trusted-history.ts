import type { RepositoryRef } from '../../domain/refs.ts'
import type { Ledger, LedgerState } from '../../ports/ledger.ts'

/** Past states of an environment, newest first, without what nobody of ours signed: nothing may be concluded from that. With `application`: those that released it. */
export async function trustedHistory(
  { ledger }: { ledger: Pick<Ledger, 'history'> },
  repository: RepositoryRef,
  environment: string,
  limit: number,
  application?: string,
): Promise<LedgerState[]> {
  const states = await ledger.history(repository, environment, limit, application)
  return states.filter(({ trust }) => trust === 'trusted')
}

import type { RepositoryRef } from '../domain/refs.ts'
import type { Ledger, LedgerState } from '../ports/ledger.ts'

/** Past states of an environment, newest first, without what nobody of ours signed: nothing may be concluded from that. */
export async function trustedHistory(
  { ledger }: { ledger: Pick<Ledger, 'history'> },
  repository: RepositoryRef,
  environment: string,
  limit: number,
): Promise<LedgerState[]> {
  const states = await ledger.history(repository, environment, limit)
  return states.filter(({ trust }) => trust === 'trusted')
}

import { ledgerKey } from '../domain/action.ts'
import type { RepositoryRef } from '../domain/refs.ts'
import type { LedgerMark } from '../ports/ledger.ts'
import type { Store } from '../ports/store.ts'

/** The newest commit that any process of ours made on an environment's rendered ref. Only we sign them, so it is all of them. */
export async function readLedgerMark(
  store: Pick<Store, 'effects'>,
  repository: RepositoryRef,
  environment: string,
): Promise<LedgerMark | undefined> {
  const effect = await store.effects.find(ledgerKey(repository, environment))
  if (effect.state === 'none') return undefined
  const { commit, sequence } = effect.outcome ?? {}
  return typeof commit === 'string' && typeof sequence === 'number' ? { commit, sequence } : undefined
}

import type { RepositoryRef } from '../../domain/refs.ts'
import { sourceStates } from '../../features/promotion/source-states.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { historyDepth } from '../repository/releases-on.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** What was attested of an application in an environment, newest first, each state once, as far back as is looked. */
export async function readSourceStates(
  ports: { ledger: Pick<Ledger, 'read' | 'history'> },
  repository: RepositoryRef,
  environment: string,
  application: string,
  depth = historyDepth,
) {
  const [present, past] = await Promise.all([
    ports.ledger.read(repository, environment),
    trustedHistory(ports, repository, environment, depth, application),
  ])
  // Pins and waves may have changed since it was released last.
  return sourceStates(present?.trust === 'trusted' ? [present, ...past] : past, application)
}

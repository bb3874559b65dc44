import type { RepositoryRef } from '../../domain/refs.ts'
import { releaseTimeline, type TimelineEntry } from '../../features/rollback/release-timeline.ts'
import type { Ports } from '../ports.ts'
import { trustedHistory } from '../repository/trusted-history.ts'

/** Commits of the rendered ref that are looked at. */
const historyDepth = 200

/** What of an application was released to an environment, as the signed history of its rendered ref tells it. */
export async function readTimeline(
  ports: Pick<Ports, 'ledger'>,
  repository: RepositoryRef,
  environment: string,
  application: string,
): Promise<TimelineEntry[]> {
  return releaseTimeline(await trustedHistory(ports, repository, environment, historyDepth), application)
}

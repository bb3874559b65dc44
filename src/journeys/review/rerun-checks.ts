import type { Action } from '../../domain/action.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import type { Work } from '../../domain/work.ts'
import { perform } from '../perform/perform.ts'
import type { JourneyOutcome, Ports } from '../ports.ts'
import { publishUnjudged, publishUnjudgedCommit } from './unjudged.ts'

/** "Re-run" was pressed: people see at once that the commit is looked at again, and later what came of it. */
export async function rerunChecks(
  ports: Ports,
  repository: RepositoryRef,
  sha: Sha,
): Promise<JourneyOutcome> {
  const pulls = (await ports.github.openPulls(repository)).filter(({ headSha }) => headSha === sha)
  const groups = (await ports.github.mergeGroups(repository)).filter((group) => group.sha === sha)
  let actions = 0
  for (const pull of pulls) actions += await publishUnjudged(ports, pull, { kind: 'begun' })
  if (groups.length > 0) actions += await publishUnjudgedCommit(ports, repository, sha, { kind: 'begun' })
  const work: Work[] = [
    ...pulls.map((pull): Work => ({ kind: 'review-pull', pull: pull.ref })),
    ...groups.map(({ branch }): Work => ({ kind: 'judge-group', repository, branch })),
  ]
  const due = ports.clock.now()
  await perform(
    ports,
    work.map((item): Action => ({ kind: 'enqueue', work: item, due })),
  )
  return { outcome: work.length > 0 ? 'begun' : 'gone', actions }
}

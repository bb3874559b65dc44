import type { Work } from '../../domain/work.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Ports } from '../ports.ts'
import { publishUnjudged, publishUnjudgedCommit } from './unjudged.ts'

/** Work that is not tried again for now: where people wait for a check, it says so, closed. The sweep tries again. */
export async function giveUp(ports: Ports, work: Work, error: unknown): Promise<void> {
  const failed = { kind: 'failed' as const, reason: reasonFor(error) }
  if (work.kind === 'review-pull') {
    const pull = await ports.github.pull(work.pull)
    if (pull?.state === 'open') await publishUnjudged(ports, pull, failed)
  }
  if (work.kind === 'judge-group') {
    const groups = await ports.github.mergeGroups(work.repository)
    const group = groups.find(({ branch }) => branch === work.branch)
    if (group) await publishUnjudgedCommit(ports, work.repository, group.sha, failed)
  }
}

/** For people: an error's own words are for the operator's log, and may name places of this machine. */
function reasonFor(error: unknown): string {
  if (error instanceof AdapterError) return `${error.system} failed (${error.operation})`
  return 'an error of Drawbridge; its log has the details'
}

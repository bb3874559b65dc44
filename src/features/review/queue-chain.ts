import type { QueueEntry } from '../../domain/pull.ts'
import type { Sha } from '../../domain/refs.ts'

/** Where GitHub keeps the commits of merge queues. */
export const queuePrefix = 'gh-readonly-queue/'

/** `gh-readonly-queue/release/1.x/pr-12-<sha>` → `release/1.x`; undefined for a branch of another kind. */
export function baseOfQueueBranch(branch: string): string | undefined {
  const match = /^gh-readonly-queue\/(.+)\/pr-\d+-[0-9a-f]{7,64}$/.exec(branch)
  return match?.[1]
}

/** The pull requests in a commit of a merge queue, the first to be merged first. Each is built on the one before it. */
export function queueChain(head: Sha, entries: readonly QueueEntry[]): QueueEntry[] {
  const byHead = new Map(entries.map((entry) => [entry.headSha, entry]))
  const chain: QueueEntry[] = []
  for (let entry = byHead.get(head); entry; entry = byHead.get(entry.baseSha)) {
    if (chain.includes(entry)) break
    chain.unshift(entry)
  }
  return chain
}

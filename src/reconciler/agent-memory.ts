import { targetKey } from '../domain/refs.ts'
import type { Release } from '../domain/release.ts'
import type { ReleaseStore } from '../journeys/sync/reconcile-release.ts'
import type { Log } from '../ports/log.ts'

/**
 * What an agent remembers: the newest word on each target, in memory. After a restart it is found out again from git
 * and the cluster. What would be audited goes to the log.
 */
export function createAgentMemory(
  log: Log,
  onReport: (release: Release, before: Release | undefined) => void,
): ReleaseStore {
  const releases = new Map<string, Release>()
  return {
    releases: {
      async put(_, release) {
        const before = releases.get(targetKey(release.target))
        releases.set(targetKey(release.target), release)
        onReport(release, before)
      },
      get: async (_, target) => releases.get(targetKey(target)),
      list: async () => [],
    },
    audit: {
      append: async (entry) => log.info({ ...entry }, 'deed'),
    },
  }
}

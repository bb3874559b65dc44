import type { AuditEntry } from '../domain/audit.ts'
import { type Target, targetKey } from '../domain/refs.ts'
import type { Release } from '../domain/release.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../ports/store.ts'

/**
 * What an agent remembers: the newest word on each target, in memory. After a restart it is found out again from git
 * and the cluster. What would be audited goes to the log.
 */
export function createAgentMemory(
  log: Log,
  onReport: (release: Release, before: Release | undefined) => void,
  onDeed: (target: Target, entry: AuditEntry) => void = () => undefined,
): Pick<Store, 'audit' | 'releases'> {
  const releases = new Map<string, Release>()
  const targets = new Map<string, Target>()
  return {
    releases: {
      async put(_, release) {
        const before = releases.get(targetKey(release.target))
        releases.set(targetKey(release.target), release)
        onReport(release, before)
      },
      async get(_, target) {
        targets.set(targetKey(target), target)
        return releases.get(targetKey(target))
      },
      list: async () => [],
    },
    audit: {
      async append(entry) {
        log.info({ ...entry }, 'deed')
        const target = targets.get(entry.subject)
        if (target !== undefined) onDeed(target, entry)
      },
      list: async () => [],
      verify: async () => undefined,
    },
  }
}

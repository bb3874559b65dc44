import { targetKey } from '../../domain/refs.ts'
import type { Attestation } from '../../domain/release.ts'
import type { Store } from '../../ports/store.ts'

export interface HealthMemory {
  /** Whether a release was seen healthy on its target; false also where nobody knows any more. */
  wasHealthy(release: Attestation): Promise<boolean>
}

/** Rows of a target's audit in which its health is looked for: some hundred releases, or heals. */
const auditRows = 500

/** What the audit remembers. */
export function createHealthMemory({ audit }: { audit: Pick<Store['audit'], 'list'> }): HealthMemory {
  return {
    async wasHealthy({ target, digest }) {
      const rows = await audit.list({ subject: targetKey(target), limit: auditRows })
      return rows.some(({ what, data }) => what === 'healthy' && data['digest'] === digest)
    },
  }
}

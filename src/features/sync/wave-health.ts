import type { Health } from '../../domain/health.ts'
import { type ObjectId, objectKey } from '../../domain/kubernetes-object.ts'

/**
 * What keeps the next wave from beginning: nothing, an object that is not there yet (`waits`) or one that does not work
 * (`fails`). `healthOf` gives undefined for an object that is not live.
 */
export function waveHealth(
  ids: readonly ObjectId[],
  healthOf: (key: string) => Health | undefined,
): { kind: 'healthy' } | { kind: 'waits' | 'fails'; reason: string } {
  const parts = ids.map(
    (id) =>
      healthOf(objectKey(id)) ?? { status: 'Missing' as const, reason: `${id.kind} ${id.name} is not there` },
  )
  const failed = parts.find(({ status }) => status === 'Degraded')
  if (failed !== undefined) return { kind: 'fails', reason: failed.reason }
  const open = parts.find(({ status }) => status !== 'Healthy' && status !== 'Suspended')
  return open === undefined ? { kind: 'healthy' } : { kind: 'waits', reason: open.reason }
}

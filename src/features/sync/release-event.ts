import type { AuditEntry } from '../../domain/audit.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Instant, Target } from '../../domain/refs.ts'
import { hashOf } from '../drift/fingerprint.ts'
import { inventoryId } from './inventory.ts'

/** What of a release is told in its cluster, by the words of the audit. Health is not: it shows on the objects themselves. */
const told: ReadonlyMap<string, { reason: string; type: 'Normal' | 'Warning' }> = new Map([
  ['apply', { reason: 'Applied', type: 'Normal' }],
  ['prune', { reason: 'Pruned', type: 'Normal' }],
  ['heal', { reason: 'Healed', type: 'Warning' }],
  ['contested', { reason: 'Contested', type: 'Warning' }],
  ['refuse', { reason: 'Refused', type: 'Warning' }],
  ['degraded', { reason: 'Degraded', type: 'Warning' }],
])

/** What the API server takes of a text. */
const longestNote = 1000

/** How often the same was told, and since when. */
export interface EventSeries {
  /** Of the process that tells it: another one tells it anew. */
  epoch: Instant
  first: Instant
  count: number
}

/** By which the same is known again; undefined: it is not told in the cluster. */
export function eventKey(target: Target, { what, reason, data }: AuditEntry): string | undefined {
  if (!told.has(what)) return undefined
  return `${inventoryId(target).name}.${hashOf([what, reason, data['digest']])}`
}

/** An Event (events.k8s.io) about the record of the release; the same told again, by its `eventKey`, is the same with a count. */
export function releaseEvent(
  key: string,
  target: Target,
  entry: AuditEntry,
  { epoch, first, count }: EventSeries,
  now: Instant,
): KubernetesObject {
  const { namespace, name } = inventoryId(target)
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${key}.${epoch.toString(36)}`, namespace },
    eventTime: microTime(first),
    reportingController: 'drawbridge.dev/reconciler',
    reportingInstance: 'drawbridge',
    action: 'Reconcile',
    ...told.get(entry.what),
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name },
    note: noteOf(entry).slice(0, longestNote),
    ...(count > 1 && { series: { count, lastObservedTime: microTime(now) } }),
  }
}

function noteOf({ what, reason, data }: AuditEntry): string {
  const names = (field: string) => (Array.isArray(data[field]) ? (data[field] as string[]) : [])
  const revision = String(data['revision'] ?? '').slice(0, 7)
  if (what === 'apply')
    return `${revision}: ${names('created').length} created, ${names('configured').length} configured`
  if (what === 'prune') return `${revision}: deleted ${names('deleted').join(', ')}`
  return reason
}

/** With microseconds, as the API server writes it. */
function microTime(at: Instant): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

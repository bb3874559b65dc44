import type { AgentPlace } from '../../domain/agent.ts'
import type { KubernetesObject, ObjectId } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { inventoryNamespace } from '../sync/inventory.ts'
import { labelValue } from '../sync/ownership.ts'

/** How long after its last sign a holder is taken for gone. */
export const leaseSeconds = 30
/** Three tries before it runs out. */
export const renewEveryMs = (leaseSeconds * 1000) / 3
/** Writing ends this long after the last sign that was made, so that what is under way is over before somebody takes over. */
export const writeForMs = renewEveryMs * 2

/** A Lease as another agent left it, and since when it has looked so to us: no two clocks are compared. */
export interface SeenLease {
  holder: string
  /** Changes with each sign of life. */
  resourceVersion: string
  transitions: number
  seenAt: Instant
}

export type LeasePlan =
  { kind: 'take'; transitions: number } | { kind: 'renew' } | { kind: 'wait'; holder: string }

/**
 * What to do about a Lease.
 *
 * | holder   | unchanged for the lease's length | plan  |
 * | -------- | -------------------------------- | ----- |
 * | nobody   | any                              | take  |
 * | us       | any                              | renew |
 * | another  | no                               | wait  |
 * | another  | yes                              | take  |
 *
 * Source: kubernetes/client-go, tools/leaderelection.
 */
export function planLease(lease: SeenLease, self: string, now: Instant): LeasePlan {
  if (lease.holder === self) return { kind: 'renew' }
  const isOver = lease.holder === '' || now - lease.seenAt >= leaseSeconds * 1000
  return isOver
    ? { kind: 'take', transitions: lease.transitions + 1 }
    : { kind: 'wait', holder: lease.holder }
}

/** What the cluster says now, with the time at which it was first seen so. */
export function seeLease(object: KubernetesObject, before: SeenLease | undefined, now: Instant): SeenLease {
  const spec = (object['spec'] ?? {}) as { holderIdentity?: string; leaseTransitions?: number }
  const resourceVersion = object.metadata.resourceVersion ?? ''
  return {
    holder: spec.holderIdentity ?? '',
    resourceVersion,
    transitions: spec.leaseTransitions ?? 0,
    seenAt: before?.resourceVersion === resourceVersion ? before.seenAt : now,
  }
}

/** One Lease per place, in the namespace of the inventories. */
export function leaseId({ environment, slice }: AgentPlace): ObjectId {
  const part = slice ? `.${slice.index}-of-${slice.of}` : ''
  const name = labelValue(`drawbridge.${environment}${part}`).toLowerCase().replaceAll('_', '-')
  return { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', namespace: inventoryNamespace, name }
}

/** The Lease as we want it held, or given back where `holder` is empty. */
export function toLease(
  id: ObjectId,
  { holder, transitions, acquiredAt }: { holder: string; transitions: number; acquiredAt: Instant },
  now: Instant,
): KubernetesObject {
  return {
    ...emptyLease(id),
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: leaseSeconds,
      leaseTransitions: transitions,
      acquireTime: microTime(acquiredAt),
      renewTime: microTime(now),
    },
  }
}

export function emptyLease({ name, namespace }: ObjectId): KubernetesObject {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } }
}

function microTime(at: Instant): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

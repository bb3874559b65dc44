import type { Health } from '../../domain/health.ts'
import { type KubernetesObject, objectId, type ObjectId } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { assessHealth } from '../health/assess-health.ts'

/** An object, how it is, and what its controller made of it. */
export interface ObjectNode {
  id: ObjectId
  health: Health
  children: ObjectNode[]
}

/** Chains of owners are a few long; a circle of them would have no end. */
const mostDepth = 8

/** The tree below an object by owner references (their uid, not their name). Undefined object: it is not there. */
export function objectTree(
  id: ObjectId,
  object: KubernetesObject | undefined,
  others: readonly KubernetesObject[],
  now: Instant,
): ObjectNode {
  const byOwner = Map.groupBy(others, controllerOf)
  const nodeOf = (live: KubernetesObject, depth: number): ObjectNode => ({
    id: objectId(live),
    health: healthOf(live, now),
    children: (depth < mostDepth ? (byOwner.get(live.metadata.uid ?? '-') ?? []) : [])
      .filter((child) => !isSpent(child))
      .map((child) => nodeOf(child, depth + 1)),
  })
  return object
    ? nodeOf(object, 0)
    : { id, health: { status: 'Missing', reason: 'is not there' }, children: [] }
}

function healthOf(object: KubernetesObject, now: Instant): Health {
  const { status, reason } = assessHealth(object, now)
  return { status, reason }
}

function controllerOf({ metadata }: KubernetesObject): string | undefined {
  const owners = (metadata['ownerReferences'] ?? []) as { uid?: string; controller?: boolean }[]
  return owners.find(({ controller }) => controller === true)?.uid
}

/** A Deployment keeps the ReplicaSets of former versions, empty. */
function isSpent({ kind, ...object }: KubernetesObject): boolean {
  return kind === 'ReplicaSet' && (object['spec'] as { replicas?: number } | undefined)?.replicas === 0
}

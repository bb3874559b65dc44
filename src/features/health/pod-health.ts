import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import { conditionOf, degraded, healthy, progressing, valueAt } from './object-status.ts'

/** A Pod that no node takes is given this long. */
const schedulingWindowMs = 15_000

export function assessPod(object: KubernetesObject, now: Instant): Health {
  const phase = valueAt(object, 'status', 'phase')
  switch (phase) {
    case 'Succeeded':
      return healthy
    case 'Failed':
      return degraded('failed')
    case 'Running':
      return assessRunning(object)
    case 'Pending':
      return assessPending(object, now)
    default:
      return progressing('has no phase yet')
  }
}

function assessRunning(object: KubernetesObject): Health {
  if (conditionOf(object, 'Ready')?.status === 'True') return healthy
  const crashing = containerStatuses(object).filter(
    ({ state }) => state?.waiting?.reason === 'CrashLoopBackOff',
  )
  if (crashing.length > 0) return degraded(`container ${crashing.map(({ name }) => name).join(', ')} crashes`)
  return progressing('is not ready')
}

function assessPending(object: KubernetesObject, now: Instant): Health {
  const scheduled = conditionOf(object, 'PodScheduled')
  const isUnschedulable = scheduled?.status === 'False' && scheduled.reason === 'Unschedulable'
  if (!isUnschedulable) return progressing('is pending')
  const since = Date.parse(scheduled.lastTransitionTime ?? '')
  return now - since > schedulingWindowMs ? degraded('cannot be scheduled') : progressing('waits for a node')
}

interface ContainerStatus {
  name: string
  state?: { waiting?: { reason?: string } }
}

function containerStatuses(object: KubernetesObject): ContainerStatus[] {
  const read = (field: string) => valueAt(object, 'status', field)
  return [read('initContainerStatuses'), read('containerStatuses')].flatMap((statuses) =>
    Array.isArray(statuses) ? (statuses as ContainerStatus[]) : [],
  )
}

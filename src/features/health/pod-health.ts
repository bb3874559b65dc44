import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Instant } from '../../domain/refs.ts'
import type { Assessment } from './assess-health.ts'
import {
  clip,
  conditionOf,
  degraded,
  describeCondition,
  healthy,
  progressing,
  valueAt,
} from './object-status.ts'

/** A Pod that no node takes is given this long. */
const schedulingWindowMs = 15_000

export function assessPod(object: KubernetesObject, now: Instant): Assessment {
  const phase = valueAt(object, 'status', 'phase')
  switch (phase) {
    case 'Succeeded':
      return healthy
    case 'Failed':
      return degraded(`failed${describeFailure(object)}`)
    case 'Running':
      return assessRunning(object)
    case 'Pending':
      return assessPending(object, now)
    default:
      return progressing('has no phase yet')
  }
}

function assessRunning(object: KubernetesObject): Assessment {
  if (conditionOf(object, 'Ready')?.status === 'True') return healthy
  const crashing = containerStatuses(object).filter(
    ({ state }) => state?.waiting?.reason === 'CrashLoopBackOff',
  )
  if (crashing.length > 0) return degraded(`container ${crashing.map(({ name }) => name).join(', ')} crashes`)
  return progressing(waitingWords(object) ?? 'is not ready')
}

function assessPending(object: KubernetesObject, now: Instant): Assessment {
  const scheduled = conditionOf(object, 'PodScheduled')
  const isUnschedulable = scheduled?.status === 'False' && scheduled.reason === 'Unschedulable'
  if (!isUnschedulable) return progressing(waitingWords(object) ?? 'is pending')
  const created = Date.parse(String(object.metadata['creationTimestamp'] ?? ''))
  if (now - schedulingWindowMs >= created || Number.isNaN(created))
    return degraded(`cannot be scheduled: ${describeCondition(scheduled)}`)
  return { ...progressing('waits for a node'), changesAt: created + schedulingWindowMs }
}

/** Why its containers do not run: `container app waits (ImagePullBackOff)`. */
function waitingWords(object: KubernetesObject): string | undefined {
  const waiting = containerStatuses(object).flatMap(({ name, state }) =>
    state?.waiting?.reason ? [`container ${name} waits (${state.waiting.reason})`] : [],
  )
  return waiting.length > 0 ? waiting.join(', ') : undefined
}

function describeFailure(object: KubernetesObject): string {
  const words = ['reason', 'message'].map((field) => valueAt(object, 'status', field))
  const said = words.filter((word) => typeof word === 'string' && word !== '')
  return said.length > 0 ? `: ${clip(said.join(', '))}` : ''
}

export interface ContainerStatus {
  name: string
  state?: { waiting?: { reason?: string; message?: string }; terminated?: ContainerEnd }
  lastState?: { terminated?: ContainerEnd }
}

export interface ContainerEnd {
  exitCode: number
  reason?: string
}

/** Of the containers that run first, and then of the others. */
export function containerStatuses(object: KubernetesObject): ContainerStatus[] {
  const read = (field: string) => valueAt(object, 'status', field)
  return [read('initContainerStatuses'), read('containerStatuses')].flatMap((statuses) =>
    Array.isArray(statuses) ? (statuses as ContainerStatus[]) : [],
  )
}

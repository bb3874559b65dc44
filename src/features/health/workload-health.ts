import type { Health } from '../../domain/health.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import {
  conditionOf,
  degraded,
  describeCondition,
  healthy,
  numberAt,
  progressing,
  valueAt,
} from './object-status.ts'

/** progressDeadlineSeconds of this value, or none (the API server fills 600 in): no `Progressing` condition is kept. */
const noDeadline = 2 ** 31 - 1

export function assessDeployment(object: KubernetesObject): Health {
  const progress = conditionOf(object, 'Progressing')
  if (progress?.reason === 'ProgressDeadlineExceeded') return degraded(describeCondition(progress))
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const status = (field: string) => numberAt(object, 'status', field) ?? 0
  const replicas = status('replicas')
  const updated = status('updatedReplicas')
  const available = status('availableReplicas')
  if (wanted > replicas) return progressing(`${replicas} of ${wanted} pods exist`)
  if (wanted > updated) return progressing(`${updated} of ${wanted} pods are updated`)
  if (replicas > wanted) return progressing(`${replicas - wanted} old pods are left`)
  if (updated > available) return progressing(`${available} of ${updated} updated pods are available`)
  if (wanted > status('readyReplicas'))
    return progressing(`${status('readyReplicas')} of ${wanted} pods are ready`)
  const hasDeadline = (numberAt(object, 'spec', 'progressDeadlineSeconds') ?? noDeadline) !== noDeadline
  const isComplete = progress?.status === 'True' && progress.reason === 'NewReplicaSetAvailable'
  if (hasDeadline && !isComplete) return progressing('the new version is not available yet')
  if (conditionOf(object, 'Available')?.status !== 'True') return progressing('is not available')
  return healthy
}

export function assessStatefulSet(object: KubernetesObject): Health {
  if (valueAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') return healthy
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const status = (field: string) => numberAt(object, 'status', field) ?? 0
  const replicas = status('replicas')
  if (wanted > replicas) return progressing(`${replicas} of ${wanted} pods exist`)
  if (wanted > status('readyReplicas'))
    return progressing(`${status('readyReplicas')} of ${wanted} pods are ready`)
  if (replicas > wanted) return progressing(`${replicas - wanted} pods are to go`)
  const partition = valueAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (typeof partition === 'number') {
    const toUpdate = wanted - partition
    const isDone = status('updatedReplicas') >= toUpdate
    return isDone ? healthy : progressing(`${status('updatedReplicas')} of ${toUpdate} pods are updated`)
  }
  if (wanted > status('currentReplicas'))
    return progressing(`${status('currentReplicas')} of ${wanted} pods are current`)
  const current = valueAt(object, 'status', 'currentRevision')
  const update = valueAt(object, 'status', 'updateRevision')
  return current === update ? healthy : progressing('pods of the former revision are left')
}

export function assessDaemonSet(object: KubernetesObject): Health {
  if (
    object.metadata.generation === undefined ||
    numberAt(object, 'status', 'observedGeneration') === undefined
  )
    return progressing('is not seen by its controller yet')
  const wanted = numberAt(object, 'status', 'desiredNumberScheduled')
  if (wanted === undefined) return progressing('the number of its nodes is not known yet')
  const status = (field: string) => numberAt(object, 'status', field) ?? 0
  const counts: [string, string][] = [
    ['currentNumberScheduled', 'exist'],
    ['updatedNumberScheduled', 'are updated'],
    ['numberAvailable', 'are available'],
    ['numberReady', 'are ready'],
  ]
  const behind = counts.find(([field]) => wanted > status(field))
  return behind ? progressing(`${status(behind[0])} of ${wanted} pods ${behind[1]}`) : healthy
}

export function assessReplicaSet(object: KubernetesObject): Health {
  const failure = conditionOf(object, 'ReplicaFailure')
  if (failure?.status === 'True') return progressing(describeCondition(failure))
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const status = (field: string) => numberAt(object, 'status', field) ?? 0
  const counts: [string, string][] = [
    ['fullyLabeledReplicas', 'are labelled'],
    ['availableReplicas', 'are available'],
    ['readyReplicas', 'are ready'],
  ]
  const behind = counts.find(([field]) => wanted > status(field))
  if (behind) return progressing(`${status(behind[0])} of ${wanted} pods ${behind[1]}`)
  return status('replicas') > wanted ? progressing('pods are to go') : healthy
}

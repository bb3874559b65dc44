import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found, ObjectChange } from './dangers.ts'
import type { Neighbours } from './neighbours.ts'
import { valueAt } from './pod-template.ts'
import { replicasOf } from './replicas.ts'

export function findZeroReplicas(change: ObjectChange): Found[] {
  const [had, has] = replicasOfBoth(change)
  if (had === undefined || had === 0 || has !== 0) return []
  const kind = change.after?.kind ?? ''
  return [
    { field: 'spec.replicas', sentence: `All pods of this ${kind} stop: nothing answers for it any more.` },
  ]
}

/** Fewer than half of the pods. What an autoscaler decides is none of ours. */
export function findScaleDown(change: ObjectChange): Found[] {
  const [had, has] = replicasOfBoth(change)
  if (had === undefined || has === undefined || has === 0 || has * 2 >= had) return []
  const { after, neighbours } = change
  if (after && neighbours.autoscalerOf(after)) return []
  return [
    {
      field: 'spec.replicas',
      sentence: `From ${had} pods to ${has}: those that stay get more than twice the load.`,
    },
  ]
}

function replicasOfBoth({ before, after, neighbours, formerNeighbours }: ObjectChange) {
  return before && after ? [replicasOf(before, formerNeighbours), replicasOf(after, neighbours)] : []
}

/** An autoscaler that may no longer grow to half of what it could, or that may stop everything. */
export function findLoweredAutoscaling({ before, after }: ObjectChange): Found[] {
  if (after?.kind !== 'HorizontalPodAutoscaler' || !before) return []
  const bound = (object: KubernetesObject, name: string) => Number(valueAt(object, ['spec', name]) ?? 1)
  const [hadMost, most] = [bound(before, 'maxReplicas'), bound(after, 'maxReplicas')]
  const [hadLeast, least] = [bound(before, 'minReplicas'), bound(after, 'minReplicas')]
  return [
    ...(most * 2 < hadMost
      ? [
          {
            field: 'spec.maxReplicas',
            sentence: `At most ${most} pods instead of ${hadMost}: load beyond that is not served.`,
          },
        ]
      : []),
    ...(least === 0 && hadLeast > 0
      ? [
          {
            field: 'spec.minReplicas',
            sentence: 'May go down to no pod at all: the first request waits or fails.',
          },
        ]
      : []),
    ...(least > 0 && least * 2 < hadLeast
      ? [
          {
            field: 'spec.minReplicas',
            sentence: `At least ${least} pods instead of ${hadLeast}: a sudden load meets few pods.`,
          },
        ]
      : []),
  ]
}

export function findSuspended({ before, after }: ObjectChange): Found[] {
  if (!before || (after?.kind !== 'CronJob' && after?.kind !== 'Job')) return []
  const path = ['spec', 'suspend']
  if (valueAt(after, path) !== true || valueAt(before, path) === true) return []
  return [
    {
      field: 'spec.suspend',
      sentence: `This ${after.kind} is suspended: it runs no more until somebody resumes it.`,
    },
  ]
}

/** A budget that allows no disruption at all, so that no node with one of its pods can be drained. */
export function findBlockingBudget({ before, after, neighbours, formerNeighbours }: ObjectChange): Found[] {
  if (after?.kind !== 'PodDisruptionBudget' || !blocksAll(after, neighbours)) return []
  if (before && blocksAll(before, formerNeighbours)) return []
  return [
    {
      field: 'spec',
      sentence: 'The budget allows no pod to stop: no node that runs one can be drained or upgraded.',
    },
  ]
}

function blocksAll(budget: KubernetesObject, neighbours: Neighbours): boolean {
  const most = valueAt(budget, ['spec', 'maxUnavailable'])
  const least = valueAt(budget, ['spec', 'minAvailable'])
  if (most === 0 || most === '0%' || least === '100%') return true
  if (typeof least !== 'number') return false
  const wanted = valueAt(budget, ['spec', 'selector', 'matchLabels'])
  const [guarded] = neighbours.workloadsWith(wanted, budget.metadata.namespace)
  const autoscaler = guarded && neighbours.autoscalerOf(guarded)
  const replicas = autoscaler
    ? Number(valueAt(autoscaler, ['spec', 'maxReplicas']))
    : guarded && replicasOf(guarded, neighbours)
  return replicas !== undefined && replicas > 0 && least >= replicas
}

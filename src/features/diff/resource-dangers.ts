import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Found, ObjectChange } from './dangers.ts'
import { formatCpu, formatMemory } from './format-requests.ts'
import { eachContainer } from './pod-dangers.ts'
import { sumRequests } from './pod-requests.ts'
import { valueAt } from './pod-template.ts'
import { parseQuantity } from './quantity.ts'

type Before = KubernetesObject | undefined

export function findRemovedRequests(before: Before, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) =>
    ['cpu', 'memory'].flatMap((resource) => {
      const path = ['resources', 'requests', resource]
      const isRemoved = valueAt(old?.fields, path) !== undefined && valueAt(young.fields, path) === undefined
      if (!isRemoved || valueAt(young.fields, ['resources', 'limits', resource]) !== undefined) return []
      return [
        {
          field: `${young.path}.${path.join('.')}`,
          sentence: `${young.name} asks for no ${resource} any more: the scheduler may place it where there is none.`,
        },
      ]
    }),
  )
}

export function findLoweredMemory(before: Before, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) => {
    const path = ['resources', 'limits', 'memory']
    const [had, has] = [valueAt(old?.fields, path), valueAt(young.fields, path)]
    const [more, less] = [parseQuantity(had), parseQuantity(has)]
    if (more === undefined || less === undefined || less >= more) return []
    const sentence = `The memory limit of ${young.name} falls from ${String(had)} to ${String(has)}: it is killed when it needs more.`
    return [{ field: `${young.path}.${path.join('.')}`, sentence }]
  })
}

export function findRemovedLimits(before: Before, after: KubernetesObject): Found[] {
  return eachContainer(before, after, (old, young) => {
    const path = ['resources', 'limits', 'memory']
    if (valueAt(old?.fields, path) === undefined || valueAt(young.fields, path) !== undefined) return []
    const sentence = `${young.name} has no memory limit any more: a leak takes its neighbours on the node with it.`
    return [{ field: `${young.path}.${path.join('.')}`, sentence }]
  })
}

/** What all pods of a workload ask for, where it grows: pods that do not fit stay pending. */
export function findGrownRequests({ before, after, neighbours, formerNeighbours }: ObjectChange): Found[] {
  if (!after || !before) return []
  const had = sumRequests([before], formerNeighbours)
  const has = sumRequests([after], neighbours)
  const cpu = has.cpuMillicores - had.cpuMillicores
  const memory = has.memoryBytes - had.memoryBytes
  const grown = [...(cpu > 0 ? [`${formatCpu(cpu)} CPU`] : []), ...(memory > 0 ? [formatMemory(memory)] : [])]
  if (grown.length === 0) return []
  return [{ field: 'spec', sentence: `Its pods ask for ${grown.join(' and ')} more in all.` }]
}

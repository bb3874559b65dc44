import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { ResourceSum } from '../../domain/object-diff.ts'
import { type Fields, isFields } from './fields.ts'
import type { Neighbours } from './neighbours.ts'
import { listAt, podTemplateOf, valueAt } from './pod-template.ts'
import { parseQuantity } from './quantity.ts'
import { replicasOf } from './replicas.ts'

/** Billionths, as quantities are read. */
const unit = 1_000_000_000n

/**
 * What all pods of these objects ask for. A pod asks for the larger of its containers together and any init container alone,
 * and for its overhead. Kinds whose number of pods is not in the manifest (DaemonSet, CronJob) do not count.
 * Source: Kubernetes, "Init Containers", "Resource sharing within containers".
 */
export function sumRequests(objects: readonly KubernetesObject[], neighbours: Neighbours): ResourceSum {
  let [cpu, memory] = [0n, 0n]
  for (const object of objects) {
    const template = podTemplateOf(object)
    const replicas = template && replicasOf(object, neighbours)
    if (replicas === undefined) continue
    cpu += BigInt(replicas) * requestOf(template?.spec, 'cpu')
    memory += BigInt(replicas) * requestOf(template?.spec, 'memory')
  }
  return { cpuMillicores: Number((cpu * 1_000n) / unit), memoryBytes: Number(memory / unit) }
}

function requestOf(pod: unknown, resource: string): bigint {
  const overhead = amountAt(pod, ['overhead', resource])
  const whole = amountAt(pod, ['resources', 'requests', resource])
  if (whole > 0n) return whole + overhead
  const inits = listAt(pod, 'initContainers')
  const stays = [
    ...listAt(pod, 'containers'),
    ...inits.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ]
  const together = stays.reduce((sum, container) => sum + containerRequest(container, resource), 0n)
  return (
    inits.reduce((most, container) => larger(most, containerRequest(container, resource)), together) +
    overhead
  )
}

/** A limit without a request is the request. */
function containerRequest(container: Fields, resource: string): bigint {
  const requests = valueAt(container, ['resources', 'requests'])
  const list = isFields(requests) && resource in requests ? 'requests' : 'limits'
  return amountAt(container, ['resources', list, resource])
}

function amountAt(value: unknown, path: readonly string[]): bigint {
  const amount = parseQuantity(valueAt(value, path)) ?? 0n
  return amount > 0n ? amount : 0n
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right
}

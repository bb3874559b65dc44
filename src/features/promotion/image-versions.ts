import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { parseImage, versionOf } from './image-reference.ts'

/** Kinds that run pods, and where their pod's spec is. */
const podSpecs = new Map<string, string[]>([
  ['Pod', ['spec']],
  ['Deployment', ['spec', 'template', 'spec']],
  ['StatefulSet', ['spec', 'template', 'spec']],
  ['DaemonSet', ['spec', 'template', 'spec']],
  ['ReplicaSet', ['spec', 'template', 'spec']],
  ['Job', ['spec', 'template', 'spec']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  ['Rollout', ['spec', 'template', 'spec']],
])

/**
 * The versions of all images that workloads run, by name without tag and digest: { 'shop/checkout': '1.8.0' }.
 * Where one name runs in several versions, they are joined in order by a comma.
 */
export function imageVersions(objects: readonly KubernetesObject[]): Record<string, string> {
  const versions = new Map<string, Set<string>>()
  for (const image of objects.flatMap(imagesOf)) {
    const reference = parseImage(image)
    const known = versions.get(reference.name) ?? new Set()
    versions.set(reference.name, known.add(versionOf(reference)))
  }
  return Object.fromEntries(
    [...versions]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, all]) => [name, [...all].toSorted().join(',')]),
  )
}

/** Every image an object's containers run, init containers included. */
function imagesOf(object: KubernetesObject): string[] {
  const path = podSpecs.get(object.kind)
  const spec = path?.reduce<unknown>((value, field) => fieldOf(value, field), object)
  return ['initContainers', 'containers']
    .flatMap((field) => listOf(fieldOf(spec, field)))
    .map((container) => fieldOf(container, 'image'))
    .filter((image) => typeof image === 'string' && image !== '')
    .map(String)
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
  return (value as Record<string, unknown>)[field]
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

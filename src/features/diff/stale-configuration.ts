import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Danger, ObjectDiff } from '../../domain/object-diff.ts'
import { type Fields, isFields } from './fields.ts'
import { containersOf, listAt, podTemplateOf, valueAt } from './pod-template.ts'

/** How a kind of configuration is named in a pod: variables, all variables, volumes. */
const words: Record<string, { key: string; all: string; volume: [string, string] }> = {
  ConfigMap: { key: 'configMapKeyRef', all: 'configMapRef', volume: ['configMap', 'name'] },
  Secret: { key: 'secretKeyRef', all: 'secretRef', volume: ['secret', 'secretName'] },
}

const running = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'])

/**
 * Workloads that read a changed ConfigMap or Secret when they start, as variables or by subPath, and are not restarted by the same
 * change: their pods go on with the old values.
 */
export function findStaleReaders(
  diff: ObjectDiff,
  object: KubernetesObject,
  neighbours: readonly KubernetesObject[],
  restarted: ReadonlySet<string>,
): Danger[] {
  const isContent = diff.fields.some(({ field }) => /^(data|stringData|binaryData)([.[]|$)/.test(field))
  if (!words[object.kind] || !isContent) return []
  const readers = neighbours.filter(
    (other) =>
      running.has(other.kind) &&
      other.metadata.namespace === object.metadata.namespace &&
      !restarted.has(objectKey(objectId(other))) &&
      readsAtStart(other, object),
  )
  if (readers.length === 0) return []
  const names = readers.slice(0, 3).map((reader) => `${reader.kind} ${reader.metadata.name}`)
  const more = readers.length > 3 ? ` and ${readers.length - 3} more` : ''
  const start = readers.length === 1 ? 'reads this when it starts: its' : 'read this when they start: their'
  const sentence = `${names.join(', ')}${more} ${start} pods keep the old value until restarted.`
  return [{ code: 'stale-configuration', field: '', sentence }]
}

function readsAtStart(workload: KubernetesObject, { kind, metadata }: KubernetesObject): boolean {
  const word = words[kind]
  if (!word) return false
  const mounted = volumesOf(workload, word.volume, metadata.name)
  return containersOf(workload).some(({ fields }) => {
    const variables = listAt(fields, 'env').some(
      (each) => valueAt(each, ['valueFrom', word.key, 'name']) === metadata.name,
    )
    const sources = listAt(fields, 'envFrom').some(
      (each) => valueAt(each, [word.all, 'name']) === metadata.name,
    )
    const parts = listAt(fields, 'volumeMounts').some(
      ({ name, subPath }) => mounted.has(String(name)) && typeof subPath === 'string' && subPath !== '',
    )
    return variables || sources || parts
  })
}

/** Names of the pod's volumes that show the object, also as a part of a projected one. */
function volumesOf(workload: KubernetesObject, [field, key]: [string, string], name: string): Set<string> {
  const shows = (source: Fields, nameKey: string) =>
    isFields(source[field]) && source[field][nameKey] === name
  const volumes = listAt(podTemplateOf(workload)?.spec, 'volumes').filter(
    (volume) =>
      shows(volume, key) || listAt(volume, 'projected', 'sources').some((source) => shows(source, 'name')),
  )
  return new Set(volumes.map((volume) => String(volume.name)))
}

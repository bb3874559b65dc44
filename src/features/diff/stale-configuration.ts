import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { Danger, ObjectDiff } from '../../domain/object-diff.ts'
import { containersOf, listAt, podTemplateOf, valueAt } from './pod-template.ts'

/** How a kind of configuration is named in a pod: variables, all variables, volumes. */
const words: Record<string, { key: string; all: string; volume: [string, string] }> = {
  ConfigMap: { key: 'configMapKeyRef', all: 'configMapRef', volume: ['configMap', 'name'] },
  Secret: { key: 'secretKeyRef', all: 'secretRef', volume: ['secret', 'secretName'] },
}

const running = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'])

/** Finds the workloads that read a ConfigMap or Secret when they start, as variables or by subPath. */
export function startupReaders(
  objects: readonly KubernetesObject[],
): (object: KubernetesObject) => KubernetesObject[] {
  const readers = Map.groupBy(
    objects.filter(({ kind }) => running.has(kind)).flatMap(readingsOf),
    ({ place }) => place,
  )
  return ({ kind, metadata }) =>
    (readers.get(placeOf(metadata.namespace, kind, metadata.name)) ?? []).map(({ workload }) => workload)
}

/** Says of changed configuration whose pods go on with the old values, because the same change does not restart them. */
export function findStaleReaders(
  diff: ObjectDiff,
  readers: readonly KubernetesObject[],
  restarted: ReadonlySet<string>,
): Danger[] {
  const isContent = diff.fields.some(({ field }) => /^(data|stringData|binaryData)([.[]|$)/.test(field))
  const stale = readers.filter((reader) => !restarted.has(objectKey(objectId(reader))))
  if (!isContent || stale.length === 0) return []
  const names = stale.slice(0, 3).map((reader) => `${reader.kind} ${reader.metadata.name}`)
  const more = stale.length > 3 ? ` and ${stale.length - 3} more` : ''
  const start = stale.length === 1 ? 'reads this when it starts: its' : 'read this when they start: their'
  const sentence = `${names.join(', ')}${more} ${start} pods keep the old value until restarted.`
  return [{ code: 'stale-configuration', field: '', sentence }]
}

function readingsOf(workload: KubernetesObject): { place: string; workload: KubernetesObject }[] {
  const places = Object.entries(words).flatMap(([kind, word]) => {
    const mounted = volumesOf(workload, word.volume)
    const names = containersOf(workload).flatMap(({ fields }) => [
      ...listAt(fields, 'env').map((each) => valueAt(each, ['valueFrom', word.key, 'name'])),
      ...listAt(fields, 'envFrom').map((each) => valueAt(each, [word.all, 'name'])),
      ...listAt(fields, 'volumeMounts')
        .filter(({ subPath }) => typeof subPath === 'string' && subPath !== '')
        .flatMap(({ name }) => mounted.get(String(name)) ?? []),
    ])
    return names.map((name) => placeOf(workload.metadata.namespace, kind, name))
  })
  return [...new Set(places)].map((place) => ({ place, workload }))
}

/** Names of what the pod's volumes show, also as a part of a projected one, by the volume's name. */
function volumesOf(workload: KubernetesObject, [field, key]: [string, string]): Map<string, unknown[]> {
  const volumes = listAt(podTemplateOf(workload)?.spec, 'volumes')
  return new Map(
    volumes.map((volume) => [
      String(volume.name),
      [
        valueAt(volume, [field, key]),
        ...listAt(volume, 'projected', 'sources').map((source) => valueAt(source, [field, 'name'])),
      ],
    ]),
  )
}

function placeOf(namespace: string | undefined, kind: string, name: unknown): string {
  return JSON.stringify([namespace ?? '', kind, name])
}

import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { objectId, objectKey } from '../../domain/kubernetes-object.ts'

type Value = Record<string, unknown>

/**
 * Rendered objects as they are applied: with ownership labels, without status, Secret text as data,
 * and without `replicas` where an autoscaler of the same release decides them.
 */
export function prepareObjects(
  objects: readonly KubernetesObject[],
  labels: Record<string, string>,
): KubernetesObject[] {
  const scaled = scaledKeys(objects)
  const owner = JSON.stringify(labels)
  return objects.map((object) => {
    const isScaled = scaled.has(scaleKey(object))
    const key = `${isScaled} ${owner}`
    const known = prepared.get(object)
    if (known?.key === key) return known.object
    const made = prepare(object, labels, isScaled)
    if (Object.isFrozen(object)) prepared.set(object, { key, object: made })
    return made
  })
}

// What is frozen is always prepared alike, so remembering it changes no answer; what is asked of it then is remembered, too.
const prepared = new WeakMap<KubernetesObject, { key: string; object: KubernetesObject }>()

function prepare(
  object: KubernetesObject,
  labels: Record<string, string>,
  isScaled: boolean,
): KubernetesObject {
  const { status: _, ...body } = object
  const metadata = { ...object.metadata, labels: { ...object.metadata.labels, ...labels } }
  const owned = withoutText({ ...body, metadata })
  return isScaled ? withoutReplicas(owned) : owned
}

/** Keys of the workloads whose number of replicas an autoscaler of the same release decides. */
export function scaledKeys(objects: readonly KubernetesObject[]): Set<string> {
  return new Set(objects.flatMap(scaleTargetOf))
}

function scaleKey(object: KubernetesObject): string {
  return objectKey(objectId(object))
}

/**
 * Kinds that decide how many replicas another object has, by group, with the kind that they mean where they name none.
 * Source: kedacore/keda, apis/keda/v1alpha1/scaledobject_types.go, `ScaleTarget`.
 */
const scalers: readonly { group: string; kind: string; scales?: string }[] = [
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  { group: 'keda.sh', kind: 'ScaledObject', scales: 'Deployment' },
]

/** The workload that an autoscaler scales. */
function scaleTargetOf(object: KubernetesObject): string[] {
  const scaler = scalers.find(({ kind }) => kind === object.kind)
  if (scaler === undefined || scaler.group !== objectId(object).group) return []
  const target = (object['spec'] as Value | undefined)?.['scaleTargetRef'] as Value | undefined
  const scaled = target?.['kind'] ?? scaler.scales
  if (typeof scaled !== 'string' || typeof target?.['name'] !== 'string') return []
  const apiVersion = typeof target['apiVersion'] === 'string' ? target['apiVersion'] : 'apps/v1'
  const { namespace } = object.metadata
  return [scaleKey({ apiVersion, kind: scaled, metadata: { name: target['name'], namespace } })]
}

function withoutReplicas(object: KubernetesObject): KubernetesObject {
  const { replicas: _, ...spec } = (object['spec'] ?? {}) as Value
  return { ...object, spec }
}

/** `stringData` is write-only: nobody could tell afterwards who owns `data`. */
function withoutText(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret' || object['stringData'] === undefined) return object
  const { stringData, ...rest } = object
  const encoded = Object.entries(stringData as Value).map(([key, text]) => [key, toBase64(String(text))])
  return {
    ...rest,
    data: { ...(object['data'] as Value | undefined), ...Object.fromEntries(encoded) },
  }
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

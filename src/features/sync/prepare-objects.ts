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
  const scaled = new Set(objects.flatMap(scaleTargetOf))
  return objects.map((object) => {
    const { status: _, ...body } = object
    const metadata = { ...object.metadata, labels: { ...object.metadata.labels, ...labels } }
    const owned = withoutText({ ...body, metadata })
    return scaled.has(scaleKey(object)) ? withoutReplicas(owned) : owned
  })
}

function scaleKey(object: KubernetesObject): string {
  return objectKey(objectId(object))
}

/** The workload that a HorizontalPodAutoscaler scales. */
function scaleTargetOf(object: KubernetesObject): string[] {
  if (object.kind !== 'HorizontalPodAutoscaler') return []
  const target = (object['spec'] as Value | undefined)?.['scaleTargetRef'] as Value | undefined
  if (typeof target?.['kind'] !== 'string' || typeof target['name'] !== 'string') return []
  const apiVersion = typeof target['apiVersion'] === 'string' ? target['apiVersion'] : 'apps/v1'
  const { namespace } = object.metadata
  return [scaleKey({ apiVersion, kind: target['kind'], metadata: { name: target['name'], namespace } })]
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

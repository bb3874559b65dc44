import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { isFields } from './fields.ts'
import { podTemplateOf, valueAt } from './pod-template.ts'

/** The objects of one target, found by what they say of each other. Made once per target, so that no look-up walks them all. */
export interface Neighbours {
  objects: readonly KubernetesObject[]
  /** The HorizontalPodAutoscaler that scales an object. */
  autoscalerOf(object: KubernetesObject): KubernetesObject | undefined
  /** The workloads of a namespace whose pods carry all of these labels; none where no label is asked for. */
  workloadsWith(labels: unknown, namespace: string | undefined): KubernetesObject[]
}

export function neighboursAmong(objects: readonly KubernetesObject[]): Neighbours {
  const autoscalers = new Map(
    objects
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .map((object) => {
        const [kind, name] = ['kind', 'name'].map((field) =>
          valueAt(object, ['spec', 'scaleTargetRef', field]),
        )
        return [placeOf(object.metadata.namespace, kind, name), object]
      }),
  )
  const byLabel = Map.groupBy(objects.flatMap(labelsOf), ({ key }) => key)
  return {
    objects,
    autoscalerOf: ({ kind, metadata }) => autoscalers.get(placeOf(metadata.namespace, kind, metadata.name)),
    workloadsWith: (labels, namespace) => {
      const [first, ...rest] = isFields(labels) ? Object.entries(labels) : []
      if (!first) return []
      const candidates = byLabel.get(placeOf(namespace, ...first)) ?? []
      return candidates
        .filter(({ labels: own }) => rest.every(([name, value]) => own[name] === value))
        .map(({ object }) => object)
    },
  }
}

function labelsOf(object: KubernetesObject) {
  const labels = podTemplateOf(object)?.metadata.labels
  if (!isFields(labels)) return []
  return Object.entries(labels).map(([name, value]) => ({
    key: placeOf(object.metadata.namespace, name, value),
    labels,
    object,
  }))
}

function placeOf(namespace: string | undefined, ...parts: unknown[]): string {
  return JSON.stringify([namespace ?? '', ...parts])
}

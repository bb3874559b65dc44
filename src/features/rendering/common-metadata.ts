import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'

/**
 * Every object with the labels and annotations that Flux gives all of them; a key that is there already is overwritten.
 * Source: fluxcd/pkg, ssa/utils/meta.go, SetCommonMetadata.
 */
export function setCommonMetadata(
  objects: readonly KubernetesObject[],
  common: RenderSource['commonMetadata'],
): KubernetesObject[] {
  if (!common) return [...objects]
  return objects.map((object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      ...withPairs('labels', object.metadata.labels, common.labels),
      ...withPairs('annotations', object.metadata.annotations, common.annotations),
    },
  }))
}

function withPairs(
  field: 'labels' | 'annotations',
  own: Record<string, string> | undefined,
  common: Record<string, string>,
): Partial<KubernetesObject['metadata']> {
  return Object.keys(common).length === 0 ? {} : { [field]: { ...own, ...common } }
}

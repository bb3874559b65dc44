import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { builtInKinds, type Kind } from './kinds.ts'
import { schemaOfCustomResource } from './schema.ts'
import type { Storage } from './storage.ts'

export const crdKind = 'apiextensions.k8s.io/CustomResourceDefinition'

export function storageKind(kind: Pick<Kind, 'group' | 'kind'>): string {
  return `${kind.group}/${kind.kind}`
}

/** Everything the server serves now: the built-in kinds and those of established CRDs. */
export function servedKinds(storage: Storage): Kind[] {
  return [...builtInKinds, ...storage.list(crdKind).filter(isEstablished).flatMap(kindsOf)]
}

function isEstablished(crd: KubernetesObject): boolean {
  const status = crd['status'] as { conditions?: { type: string; status: string }[] } | undefined
  return status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false
}

interface CrdSpec {
  group: string
  scope: string
  names: { kind: string; plural: string }
  versions: {
    name: string
    served: boolean
    schema?: { openAPIV3Schema?: unknown }
    subresources?: { status?: unknown }
  }[]
}

function kindsOf(crd: KubernetesObject): Kind[] {
  const spec = crd['spec'] as CrdSpec
  return spec.versions
    .filter((version) => version.served)
    .map((version) => ({
      group: spec.group,
      version: version.name,
      kind: spec.names.kind,
      plural: spec.names.plural,
      isNamespaced: spec.scope === 'Namespaced',
      hasStatus: version.subresources?.status !== undefined,
      hasGeneration: true,
      schema: schemaOfCustomResource(version.schema?.openAPIV3Schema),
    }))
}

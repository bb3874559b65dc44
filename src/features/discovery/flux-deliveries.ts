import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import type { Delivery } from './delivery.ts'
import { asMapping, asText, asTexts } from './fields.ts'
import type { ObjectFile } from './repository-objects.ts'

/** What Flux's Kustomizations and HelmReleases say about folders and charts of this repository. */
export function fluxDeliveries(objectFiles: readonly ObjectFile[], index: RepositoryIndex): Delivery[] {
  return objectFiles.flatMap(({ path, objects }) =>
    objects.flatMap(({ object }) => {
      if (object.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/') && object.kind === 'Kustomization') {
        return fromKustomization(object, path, index)
      }
      if (object.apiVersion.startsWith('helm.toolkit.fluxcd.io/') && object.kind === 'HelmRelease') {
        return fromHelmRelease(object, path, index)
      }
      return []
    }),
  )
}

function fromKustomization(object: KubernetesObject, definedIn: string, index: RepositoryIndex): Delivery[] {
  const spec = asMapping(object.spec)
  const path = joinPath('.', asText(spec.path) || './')
  if (path === undefined || path === '.' || !index.isFolder(path)) return []
  return [
    {
      application: object.metadata.name,
      path,
      definedIn,
      namespace: asText(spec.targetNamespace) || undefined,
      valueFiles: [],
      isMissingValuesIgnored: false,
      // Flux makes up a kustomization of all files below where the folder has none.
      isRecursive: true,
      because: `Flux Kustomization ${object.metadata.name} in ${definedIn}`,
    },
  ]
}

function fromHelmRelease(object: KubernetesObject, definedIn: string, index: RepositoryIndex): Delivery[] {
  const spec = asMapping(object.spec)
  const chart = asMapping(asMapping(spec.chart).spec)
  const kind = asText(asMapping(chart.sourceRef).kind)
  const path = joinPath('.', asText(chart.chart))
  const isHere = (kind === 'GitRepository' || kind === 'Bucket') && path !== undefined && path !== '.'
  if (!isHere || !index.chartFolders.includes(path)) return []
  const namespace = asText(spec.targetNamespace) || object.metadata.namespace
  const target = asText(spec.targetNamespace)
  return [
    {
      application: object.metadata.name,
      path,
      definedIn,
      namespace,
      // Source: Flux docs, HelmRelease, "Release name".
      releaseName:
        asText(spec.releaseName) || (target ? `${target}-${object.metadata.name}` : object.metadata.name),
      valueFiles: asTexts(chart.valuesFiles).flatMap((file) => joinPath('.', file) ?? []),
      isMissingValuesIgnored: chart.ignoreMissingValuesFiles === true,
      values: spec.values === undefined ? undefined : asMapping(spec.values),
      isWithoutCrds: asMapping(spec.install).crds === 'Skip',
      isRecursive: false,
      because: `Flux HelmRelease ${object.metadata.name} in ${definedIn}`,
    },
  ]
}

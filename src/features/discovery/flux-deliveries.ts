import type { ChartPin } from '../../domain/chart-pin.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { configData } from './config-data.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Delivery } from './delivery.ts'
import { fromHelmRelease } from './flux-helm-release.ts'
import { fromKustomization } from './flux-kustomization.ts'
import { fluxPlaces } from './flux-places.ts'
import type { Deliverer } from './not-here.ts'
import type { ObjectFile } from './repository-objects.ts'

export interface FluxObject extends Deliverer {
  object: KubernetesObject
}

/** What reading one object of Flux takes from the rest of the repository. */
export interface FluxContext {
  index: RepositoryIndex
  places: ReturnType<typeof fluxPlaces>
  find: ReturnType<typeof configData>
  /** Charts of other hosts that may be rendered. */
  charts: readonly ChartPin[]
}

export interface Delivered {
  deliveries: Delivery[]
  notices: Problem[]
}

/** What Flux's Kustomizations and HelmReleases say about folders and charts of this repository. */
export function fluxDeliveries(
  objectFiles: readonly ObjectFile[],
  files: RepositoryFiles,
  index: RepositoryIndex,
  charts: readonly ChartPin[],
): Delivered {
  const context = {
    charts,
    index,
    places: fluxPlaces(objectFiles),
    find: configData(objectFiles, files, index),
  }
  const parts = objectFiles.flatMap(({ path, objects }) =>
    objects.map(({ object, line }) => fromObject(object, path, line, context)),
  )
  return {
    deliveries: parts.flatMap((part) => part.deliveries ?? []),
    notices: parts.flatMap((part) => part.notices ?? []),
  }
}

function fromObject(
  object: KubernetesObject,
  definedIn: string,
  line: number,
  context: FluxContext,
): Partial<Delivered> {
  const { apiVersion, kind, metadata } = object
  const described = { object, definedIn, line, author: `${kind} ${metadata.name}` }
  if (apiVersion.startsWith('kustomize.toolkit.fluxcd.io/') && kind === 'Kustomization') {
    return fromKustomization(described, context)
  }
  if (apiVersion.startsWith('helm.toolkit.fluxcd.io/') && kind === 'HelmRelease') {
    return fromHelmRelease(described, context)
  }
  return {}
}

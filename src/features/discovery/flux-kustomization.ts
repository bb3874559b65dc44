import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { KustomizeEdits } from '../../domain/kustomize-edits.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { isAddress } from '../rendering/kustomize-inputs.ts'
import { joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import type { Delivered, FluxContext, FluxObject } from './flux-deliveries.ts'
import { fluxSubstitution } from './flux-substitution.ts'
import { pathIsMissing, sourceIsElsewhere, undetermined } from './not-here.ts'

/**
 * A Flux Kustomization as a delivery. No path is the root; a suspended one counts, as it takes effect when it is resumed.
 * Source: fluxcd/kustomize-controller, api/v1/kustomization_types.go.
 */
export function fromKustomization(
  kustomization: FluxObject,
  { index, places, find }: FluxContext,
): Partial<Delivered> {
  const { object, definedIn, line } = kustomization
  const spec = asMapping(object.spec)
  const open = [object.metadata.name, asText(spec.path)].find((text) => text.includes('${'))
  if (open !== undefined) {
    return {
      notices: [undetermined(kustomization, `${open} has variables, which what delivers it fills in`)],
    }
  }
  const path = asText(spec.path) || './'
  const place = places.place(asMapping(spec.sourceRef), path, object.metadata.namespace)
  if ('elsewhere' in place) return { notices: [sourceIsElsewhere(kustomization, path, place.elsewhere)] }
  if (!index.isFolder(place.path)) return { notices: [pathIsMissing(kustomization, place.path)] }
  return {
    deliveries: [
      {
        application: object.metadata.name,
        path: place.path,
        definedIn,
        line,
        renderer: 'kustomize',
        namespace: asText(spec.targetNamespace) || undefined,
        valueFiles: [],
        isMissingValuesIgnored: false,
        edits: editsOf(spec, place.path, index),
        extras: {
          substitution: fluxSubstitution(object, definedIn, find),
          commonMetadata: commonMetadataOf(spec),
          dependsOn: dependsOn(spec),
          deliveredAs: deliveredAs(object),
        },
        isRecursive: false,
        because: `Flux Kustomization ${object.metadata.name} in ${definedIn}${spec.suspend === true ? ', suspended' : ''}`,
      },
    ],
  }
}

function editsOf(spec: Record<string, unknown>, folder: string, index: RepositoryIndex): KustomizeEdits {
  const components = asTexts(spec.components).flatMap((component) => {
    const path = isAddress(component) ? undefined : joinPath(folder, component)
    const isMissing = path === undefined || !index.isFolder(path)
    if (isMissing && spec.ignoreMissingComponents === true) return []
    return [path ?? component]
  })
  return withoutEmpty({
    by: 'flux',
    namespace: asText(spec.targetNamespace),
    namePrefix: asText(spec.namePrefix),
    nameSuffix: asText(spec.nameSuffix),
    images: imagesOf(spec),
    patches: patchesOf(spec),
    components,
    buildMetadata: asTexts(spec.buildMetadata),
  })
}

/** `images` of a Kustomization, or of a HelmRelease's post-renderer. */
export function imagesOf(spec: Record<string, unknown>): NonNullable<KustomizeEdits['images']> {
  return asMappings(spec.images).map((image) =>
    withoutEmpty({
      name: asText(image.name),
      newName: asText(image.newName),
      newTag: asText(image.newTag),
      digest: asText(image.digest),
    }),
  )
}

/** `patches` of a Kustomization, or of a HelmRelease's post-renderer. */
export function patchesOf(spec: Record<string, unknown>): NonNullable<KustomizeEdits['patches']> {
  return asMappings(spec.patches).map(({ patch, target }) => ({
    patch: asText(patch),
    ...(target !== undefined && { target: selectorOf(asMapping(target)) }),
  }))
}

/** Source: fluxcd/pkg, kustomize/kustomize_generator.go, adaptSelector. */
function selectorOf(target: Record<string, unknown>): Record<string, string> {
  const fields = ['group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector']
  return Object.fromEntries(
    fields.map((field) => [field, asText(target[field])]).filter(([, text]) => text !== ''),
  )
}

/** `commonMetadata` of a Kustomization or a HelmRelease. */
export function commonMetadataOf(spec: Record<string, unknown>): RenderSource['commonMetadata'] {
  if (spec.commonMetadata === undefined) return undefined
  const { labels, annotations } = asMapping(spec.commonMetadata)
  const texts = (pairs: unknown) =>
    Object.fromEntries(Object.entries(asMapping(pairs)).map(([key, value]) => [key, asText(value)]))
  return { labels: texts(labels), annotations: texts(annotations) }
}

/** How others' `dependsOn` name the object that delivers. */
export function deliveredAs({ kind, metadata }: KubernetesObject): string {
  return [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/')
}

/** `dependsOn` of a Kustomization or a HelmRelease. */
export function dependsOn(spec: Record<string, unknown>): string[] | undefined {
  const names = asMappings(spec.dependsOn).map(({ name, namespace }) =>
    [asText(namespace), asText(name)].filter((part) => part !== '').join('/'),
  )
  return names.length > 0 ? names : undefined
}

function withoutEmpty<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== '' && !(Array.isArray(each) && each.length === 0)),
  ) as T
}

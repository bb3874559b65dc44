import type { KustomizeEdits, KustomizeImage } from '../../domain/kustomize-edits.ts'
import { asMapping, asMappings, asTexts } from '../discovery/fields.ts'
import { joinPath, relativePath } from './paths.ts'

/** Stands for what the kustomization says already, in a new name, a tag or a digest. */
const keep = '*'

type Kustomization = Record<string, unknown>

/**
 * What `kustomize edit` leaves of a kustomization when Argo CD has run it: an image takes the whole place of one of its name,
 * labels and annotations that are there already are refused unless forced, patches and components are appended.
 * Source: argo-cd, util/kustomize/kustomize.go; kustomize, commands/edit/set/setimage.go, setreplicas.go, add/addmetadata.go.
 */
export function editForArgo(
  original: Kustomization,
  edits: KustomizeEdits,
  folder: string,
): { data: Kustomization; refusals: string[] } {
  const { bases, imageTags, ...rest } = original
  const data: Kustomization = {
    ...rest,
    ...(bases !== undefined && { resources: [...asTexts(rest.resources), ...asTexts(bases)] }),
    ...(imageTags !== undefined && { images: [...asMappings(rest.images), ...asMappings(imageTags)] }),
  }
  for (const field of ['namespace', 'namePrefix', 'nameSuffix'] as const) {
    if (edits[field]) data[field] = edits[field]
  }
  if (edits.images?.length) data.images = setImages(asMappings(data.images), edits.images)
  if (edits.replicas?.length) data.replicas = replaceByName(asMappings(data.replicas), edits.replicas)
  if (edits.patches?.length) {
    data.patches = [...(Array.isArray(data.patches) ? data.patches : []), ...edits.patches]
  }
  if (edits.components?.length) {
    const present = asTexts(data.components)
    const known = new Set(present.map((component) => joinPath(folder, component)))
    const added = edits.components.filter((component) => !known.has(component))
    data.components = [...present, ...added.map((component) => relativePath(folder, component))]
  }
  const refusals = [...addLabels(data, edits.labels ?? []), ...addAnnotations(data, edits)]
  return { data, refusals }
}

function setImages(present: readonly Kustomization[], wanted: readonly KustomizeImage[]): Kustomization[] {
  const merged = wanted.map((image) => {
    const before = asMapping(present.find(({ name }) => name === image.name))
    const kept = (field: 'newName' | 'newTag' | 'digest') =>
      image[field] === keep ? before[field] : image[field]
    return withoutEmpty({
      name: image.name,
      newName: kept('newName'),
      newTag: kept('newTag'),
      digest: kept('digest'),
    })
  })
  return replaceByName(present, merged)
}

/** Of the same name the wanted one stays, and of several the last; sorted by name. */
function replaceByName(present: readonly Kustomization[], wanted: readonly object[]): Kustomization[] {
  const all = [...present, ...wanted].map((each) => asMapping(each))
  const byName = new Map(all.map((each) => [String(each.name), each]))
  return [...byName].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each)
}

function addLabels(data: Kustomization, labels: NonNullable<KustomizeEdits['labels']>): string[] {
  return labels.flatMap(({ pairs, includeSelectors, includeTemplates, isForced }) => {
    if (includeSelectors) {
      const { merged, refusals } = addPairs(asMapping(data.commonLabels), pairs, 'label', isForced)
      data.commonLabels = merged
      return refusals
    }
    const present = asMappings(data.labels)
    const at = present.findIndex(
      (each) => each.includeSelectors !== true && (each.includeTemplates === true) === includeTemplates,
    )
    const { merged, refusals } = addPairs(asMapping(present[at]?.pairs), pairs, 'label', isForced)
    const entry = { ...present[at], pairs: merged, ...(includeTemplates && { includeTemplates }) }
    data.labels = at < 0 ? [...present, entry] : present.with(at, entry)
    return refusals
  })
}

function addAnnotations(data: Kustomization, edits: KustomizeEdits): string[] {
  if (!edits.annotations || Object.keys(edits.annotations).length === 0) return []
  const present = asMapping(data.commonAnnotations)
  const { merged, refusals } = addPairs(present, edits.annotations, 'annotation', edits.areAnnotationsForced)
  data.commonAnnotations = merged
  return refusals
}

function addPairs(
  present: Kustomization,
  pairs: Record<string, string>,
  kind: 'label' | 'annotation',
  isForced = false,
): { merged: Kustomization; refusals: string[] } {
  const taken = isForced ? [] : Object.keys(pairs).filter((key) => Object.hasOwn(present, key))
  return {
    merged: { ...present, ...pairs },
    refusals: taken.map(
      (key) =>
        `the ${kind} ${key} is in the kustomization already, and Argo CD overwrites it only when it is forced to`,
    ),
  }
}

function withoutEmpty(image: Kustomization): Kustomization {
  return Object.fromEntries(Object.entries(image).filter(([, value]) => value !== undefined && value !== ''))
}

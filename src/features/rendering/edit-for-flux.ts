import type { KustomizeEdits, KustomizeImage } from '../../domain/kustomize-edits.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { asMappings, asText, asTexts } from '../discovery/fields.ts'
import { relativePath } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'
import { isSourceIgnored } from './source-ignore.ts'

type Kustomization = Record<string, unknown>

/** Fields of a kustomization in lower case; Flux drops all others. Source: kustomize, api/types/kustomization.go. */
const fields = new Set(
  (
    'apiversion kind metadata openapi nameprefix namesuffix namespace commonlabels labels commonannotations ' +
    'patchesstrategicmerge patchesjson6902 patches images imagetags replacements replicas vars sortoptions resources ' +
    'components crds bases configmapgenerator secretgenerator helmglobals helmcharts helmchartinflationgenerator ' +
    'generatoroptions configurations generators transformers validators buildmetadata'
  ).split(' '),
)

/**
 * What Flux writes over a folder's kustomization: its own namespace, prefix and suffix take the place of the folder's, patches
 * and components are appended, an image changes the fields it gives (a tag and a digest only together).
 * Source: fluxcd/pkg, kustomize/kustomize_generator.go, GenerateManifest.
 */
export function editForFlux(
  original: Kustomization,
  edits: KustomizeEdits,
  folder: string,
): { data: Kustomization; refusals: string[] } {
  const known = Object.entries(original).filter(([field]) => fields.has(field.toLowerCase()))
  const data: Kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...Object.fromEntries(known),
  }
  for (const field of ['namespace', 'namePrefix', 'nameSuffix', 'buildMetadata'] as const) {
    const value = edits[field]
    if (value !== undefined && value.length > 0) data[field] = value
  }
  if (edits.patches?.length) data.patches = [...asMappings(data.patches), ...edits.patches]
  if (edits.components?.length) {
    const paths = edits.components.map((component) => relativePath(folder, component))
    data.components = [...asTexts(data.components), ...paths]
  }
  if (edits.images?.length) data.images = mergeImages(asMappings(data.images), edits.images)
  return { data, refusals: [] }
}

/**
 * The kustomization that Flux makes up where a folder has none: every YAML file below, except what is left out of the
 * repository; a folder with a kustomization of its own counts as a whole. Source: kustomize_generator.go, scanManifests.
 */
export function generateForFlux(
  folder: string,
  files: RepositoryFiles,
  index: RepositoryIndex,
): Kustomization {
  const resources = manifestsIn(folder, files, index).map((path) => relativePath(folder, path))
  return resources.length > 0 ? { resources } : { namespace: '_placeholder' }
}

function manifestsIn(folder: string, files: RepositoryFiles, index: RepositoryIndex): string[] {
  const own = index
    .filesIn(folder)
    .filter(({ mode, path }) => mode.startsWith('100') && /\.ya?ml$/.test(path))
    .map(({ path }) => path)
    .filter((path) => !isSourceIgnored(path, files))
  const below = index.foldersIn(folder).flatMap((each) => {
    const kustomization = index.kustomization(each)
    const isRoot = kustomization !== undefined && !isSourceIgnored(kustomization.path, files)
    return isRoot ? [each] : manifestsIn(each, files, index)
  })
  return [...own, ...below].toSorted()
}

function mergeImages(present: readonly Kustomization[], wanted: readonly KustomizeImage[]): Kustomization[] {
  const merged = [...present]
  for (const { name, newName, newTag, digest } of wanted) {
    const given = {
      ...(newName && { newName }),
      ...((newTag || digest) && { newTag: newTag ?? '', digest: digest ?? '' }),
    }
    const at = merged.findIndex((image) => asText(image.name) === name)
    if (at < 0) merged.push({ name, ...given })
    else merged[at] = { ...merged[at], ...given }
  }
  return merged
}

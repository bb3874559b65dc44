import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { valueAt } from './find-fields.ts'
import type { RepositoryIndex } from './repository-index.ts'
import { documentsIn, isAffixed, placesOf, type SourceDocument, type SourcePlace } from './source-document.ts'
import { type Step, type YamlPlaces, yamlPlaces } from './yaml-places.ts'

const mostKustomizations = 100

/** Every document that a kustomization reads as a resource or as a patch, the outermost first: it has the last word. */
export function kustomizeDocuments(
  folder: string,
  files: RepositoryFiles,
  index: RepositoryIndex,
): SourceDocument[] {
  return kustomizations(folder, index).flatMap((path) => {
    const kustomization = index.kustomization(path)
    if (!kustomization) return []
    const named = (isPatch: boolean) =>
      kustomization.references
        .filter(({ field }) => (isPatch ? patchFields : resourceFields).has(field))
        .flatMap((reference) => reference.path ?? [])
        .filter((each) => index.entry(each))
    return [
      ...named(true).flatMap((each) => documentsIn(each, files, true)),
      ...inlinePatches(kustomization.path, files),
      ...named(false).flatMap((each) => documentsIn(each, files)),
    ]
  })
}

const patchFields = new Set(['patches', 'patchesStrategicMerge', 'patchesJson6902'])
const resourceFields = new Set(['resources', 'bases'])

/** The folder and those it is built on, each before what it is built on. */
function kustomizations(folder: string, index: RepositoryIndex): string[] {
  const found: string[] = []
  const waiting = [folder]
  for (
    let at = waiting.shift();
    at !== undefined && found.length < mostKustomizations;
    at = waiting.shift()
  ) {
    if (found.includes(at)) continue
    found.push(at)
    const references = index.kustomization(at)?.references ?? []
    waiting.push(
      ...references.flatMap(({ path }) => (path !== undefined && index.isFolder(path) ? [path] : [])),
    )
  }
  return found
}

/** Patches written inside the kustomization, with the lines that they have there. */
function inlinePatches(path: string, files: RepositoryFiles): SourceDocument[] {
  return placesOf(path, files).flatMap((places) => {
    const at = (field: string, key: string | undefined): Step[][] =>
      Array.from({ length: places.lengthAt([field]) }, (_, index) => [
        field,
        { index },
        ...(key === undefined ? [] : [key]),
      ])
    const all = [...at('patches', 'patch'), ...at('patchesStrategicMerge', undefined)]
    return all.flatMap((steps) => {
      const patch = places.textAt(steps)
      const line = places.lineAt(steps)
      // A block begins below its key.
      if (patch === undefined || line === undefined || !patch.includes('\n')) return []
      return yamlPlaces(patch, line + 1).map((inner) => ({ path, places: inner, isPatch: true }))
    })
  })
}

/** The kustomization's own setting that made an image or a number of replicas what it is. */
export function settingLine(
  source: RenderSource,
  object: KubernetesObject,
  steps: readonly Step[],
  files: RepositoryFiles,
  index: RepositoryIndex,
): SourcePlace | undefined {
  const value = valueAt(object, steps)
  const last = steps.at(-1)
  for (const folder of kustomizations(source.path, index)) {
    const path = index.kustomization(folder)?.path
    const [places] = path === undefined ? [] : placesOf(path, files)
    if (path === undefined || !places) continue
    const line =
      last === 'image' && typeof value === 'string'
        ? imageLine(places, value)
        : last === 'replicas' && typeof value === 'number'
          ? replicasLine(places, object, value)
          : undefined
    if (line !== undefined) return { path, line }
  }
  return undefined
}

function imageLine(places: YamlPlaces, image: string): number | undefined {
  for (let index = 0; index < places.lengthAt(['images']); index += 1) {
    const at = (key: string): Step[] => ['images', { index }, key]
    const name = places.textAt(at('newName')) ?? places.textAt(at('name'))
    const [tag, digest] = [places.textAt(at('newTag')), places.textAt(at('digest'))]
    const written = `${name}${digest === undefined ? (tag === undefined ? '' : `:${tag}`) : `@${digest}`}`
    const isWhole = tag !== undefined || digest !== undefined
    if (
      isWhole
        ? image === written
        : places.textAt(at('newName')) !== undefined && image.startsWith(`${written}:`)
    ) {
      return places.lineAt(at(digest !== undefined ? 'digest' : tag !== undefined ? 'newTag' : 'newName'))
    }
  }
  return undefined
}

function replicasLine(places: YamlPlaces, object: KubernetesObject, count: number): number | undefined {
  for (let index = 0; index < places.lengthAt(['replicas']); index += 1) {
    const at = (key: string): Step[] => ['replicas', { index }, key]
    const name = places.textAt(at('name')) ?? ''
    const isOfObject = name !== '' && isAffixed(object.metadata.name, name)
    if (isOfObject && places.textAt(at('count')) === String(count)) return places.lineAt(at('count'))
  }
  return undefined
}

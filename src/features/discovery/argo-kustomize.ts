import type { KustomizeEdits, KustomizeImage } from '../../domain/kustomize-edits.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { type BuildEnvironment, fillEnvironment } from './argo-environment.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import { Undetermined } from './undetermined.ts'

/** `spec.source.kustomize` as edits of the folder's kustomization. Source: Argo CD, util/kustomize/kustomize.go Build. */
export function argoKustomizeEdits(
  kustomize: Record<string, unknown>,
  folder: string,
  files: RepositoryFiles,
  index: RepositoryIndex,
  environment: BuildEnvironment,
): KustomizeEdits | undefined {
  const text = (name: string) => asText(kustomize[name])
  const annotations = textsByName(kustomize.commonAnnotations)
  const edits = withoutEmpty({
    namespace: text('namespace'),
    namePrefix: text('namePrefix'),
    nameSuffix: text('nameSuffix'),
    images: imagesOf(asTexts(kustomize.images).map((image) => fillEnvironment(image, environment))),
    replicas: asMappings(kustomize.replicas).map(toReplicas),
    labels: labelsOf(kustomize, environment),
    annotations:
      kustomize.commonAnnotationsEnvsubst === true ? filledTexts(annotations, environment) : annotations,
    areAnnotationsForced: kustomize.forceCommonAnnotations === true,
    patches: asMappings(kustomize.patches).map((patch) => toPatch(patch, folder, files)),
    components: componentsOf(kustomize, folder, index),
  })
  return Object.keys(edits).length === 0 ? undefined : { by: 'argocd', ...edits }
}

function withoutEmpty(edits: Omit<KustomizeEdits, 'by'>): Omit<KustomizeEdits, 'by'> {
  return Object.fromEntries(
    Object.entries(edits).filter(([, value]) =>
      typeof value === 'object' ? Object.keys(value).length > 0 : value !== '' && value !== false,
    ),
  )
}

/** The last one of a name wins. Source: kustomize, edit/set/setimage.go. */
function imagesOf(images: readonly string[]): KustomizeImage[] {
  return [...new Map(images.map(toImage).map((image) => [image.name, image])).values()]
}

/** `name=new`, `name=new:tag`, `name=new@digest`, `name:tag`, `name@digest`. Source: kustomize, edit/set/setimage.go parse. */
export function toImage(text: string): KustomizeImage {
  const parts = text.split('=')
  const isRenamed = parts.length === 2
  const [name = '', replacement = ''] = isRenamed ? parts : [text, text]
  const version = versionOf(replacement)
  if (!isRenamed && version.newTag === undefined && version.digest === undefined) {
    throw new Undetermined(`image ${text} has no tag, digest or new name`)
  }
  const { newName, ...tagOrDigest } = version
  return isRenamed ? { name, ...version } : { name: newName, ...tagOrDigest }
}

function versionOf(text: string): { newName: string; newTag?: string; digest?: string } {
  const [newName = '', digest] = text.split('@')
  if (digest !== undefined) return { newName, digest }
  const tag = /^(.*):([a-zA-Z0-9._-]*|\*)$/.exec(text)
  return tag ? { newName: tag[1] ?? '', newTag: tag[2] ?? '' } : { newName: text }
}

function toReplicas(replica: Record<string, unknown>): { name: string; count: number } {
  const count = asText(replica.count)
  if (!/^-?\d+$/.test(count))
    throw new Undetermined(`replicas of ${asText(replica.name)}: ${count} is no whole number`)
  return { name: asText(replica.name), count: Number(count) }
}

/** `kustomize edit add label` with the flags that the Application asks for. */
function labelsOf(
  kustomize: Record<string, unknown>,
  environment: BuildEnvironment,
): KustomizeEdits['labels'] {
  const pairs = filledTexts(textsByName(kustomize.commonLabels), environment)
  if (Object.keys(pairs).length === 0) return []
  const includeSelectors = kustomize.labelWithoutSelector !== true
  return [
    {
      pairs,
      includeSelectors,
      includeTemplates: includeSelectors || kustomize.labelIncludeTemplates === true,
      ...(kustomize.forceCommonLabels === true && { isForced: true }),
    },
  ]
}

/** A patch by path is a file beside the kustomization. */
function toPatch(patch: Record<string, unknown>, folder: string, files: RepositoryFiles) {
  const options = asMapping(patch.options)
  if (Object.values(options).includes(true)) throw new Undetermined('a patch with options is not read')
  const target = textsByName(patch.target)
  const path = joinPath(folder, asText(patch.path))
  const text = asText(patch.patch) || (path === undefined ? undefined : files.text(path))
  if (text === undefined) throw new Undetermined(`the patch ${asText(patch.path)} is not in ${folder}`)
  return { patch: text, ...(Object.keys(target).length > 0 && { target }) }
}

function componentsOf(kustomize: Record<string, unknown>, folder: string, index: RepositoryIndex): string[] {
  return asTexts(kustomize.components).flatMap((component) => {
    const path = joinPath(folder, component)
    if (path === undefined) throw new Undetermined(`the component ${component} is outside the repository`)
    return kustomize.ignoreMissingComponents === true && !index.isFolder(path) ? [] : [path]
  })
}

function textsByName(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(asMapping(value)).map(([key, each]) => [key, asText(each)]))
}

function filledTexts(texts: Record<string, string>, environment: BuildEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, fillEnvironment(value, environment)]),
  )
}

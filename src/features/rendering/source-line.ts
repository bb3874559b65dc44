import { type KubernetesObject, objectId } from '../../domain/kubernetes-object.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { findFields, valueAt } from './find-fields.ts'
import { helmLine } from './helm-line.ts'
import { kustomizeDocuments, settingLine } from './kustomize-documents.ts'
import type { RepositoryIndex } from './repository-index.ts'
import { indexRepository } from './repository-index.ts'
import { documentsIn, isAffixed, type SourceDocument, type SourcePlace } from './source-document.ts'
import type { Step, YamlPlaces } from './yaml-places.ts'

export interface LineRequest {
  source: RenderSource
  /** As rendered. */
  object: KubernetesObject
  /** Ends of paths that may be to blame: `containers[*].image`. */
  fields: readonly string[]
  /** What was said about it: tells of several containers which are meant. */
  message: string
}

/**
 * The line that people wrote and that made an object what it is: of the field where the written value is the rendered one,
 * else of the object. Undefined where neither can be told: a wrong line is worse than none.
 */
export function sourceLine(request: LineRequest, files: RepositoryFiles): SourcePlace | undefined {
  const { source, object } = request
  const index = indexRepository(files)
  const steps = chooseField(request)
  if (source.renderer === 'helm') return helmLine(source, object, steps, files, index)
  const documents = documentsOf(source, files, index)
  if (!documents) return undefined
  const setting =
    steps && source.renderer === 'kustomize' ? settingLine(source, object, steps, files, index) : undefined
  const own = documents.filter(({ places }) => isAbout(places, object))
  return setting ?? (steps && fieldLine(own, object, steps)) ?? objectLine(own)
}

function documentsOf(
  source: RenderSource,
  files: RepositoryFiles,
  index: RepositoryIndex,
): SourceDocument[] | undefined {
  if (source.renderer === 'kustomize') return kustomizeDocuments(source.path, files, index)
  if (source.renderer !== 'plain') return undefined
  return source.files.flatMap((path) => documentsIn(path, files))
}

/** One place, or none where the message does not tell which of several is meant. */
function chooseField({ object, fields, message }: LineRequest): Step[] | undefined {
  const found = findFields(object, fields)
  const named = found.filter((steps) => isNamed(object, steps, message))
  return named[0] ?? (found.length === 1 ? found[0] : undefined)
}

/** The message names the value itself, or the name of an item on the way to it. */
function isNamed(object: KubernetesObject, steps: readonly Step[], message: string): boolean {
  const names = steps.flatMap((step) =>
    typeof step === 'object' && step.name !== undefined ? [step.name] : [],
  )
  const value = valueAt(object, steps)
  const texts = typeof value === 'string' && value.length > 2 ? [...names, value] : names
  const words = new Set(message.split(/[\s,;:"'`()]+/))
  return texts.some((text) => words.has(text) || (text.includes(':') && message.includes(text)))
}

/** Names may have got a prefix, a suffix or a hash, and a namespace, on the way. */
function isAbout(places: YamlPlaces, object: KubernetesObject): boolean {
  const id = objectId(object)
  const [name, kind] = [places.textAt(['metadata', 'name']), places.textAt(['kind'])]
  const group = (places.textAt(['apiVersion']) ?? '').split('/').toReversed()[1] ?? ''
  const namespace = places.textAt(['metadata', 'namespace'])
  return (
    kind === id.kind &&
    group === id.group &&
    name !== undefined &&
    (name === id.name || isAffixed(id.name, name)) &&
    (namespace === undefined || id.namespace === '' || name !== id.name || namespace === id.namespace)
  )
}

function fieldLine(
  own: readonly SourceDocument[],
  object: KubernetesObject,
  steps: readonly Step[],
): SourcePlace | undefined {
  const exact = sameName(own, object)
  const value = valueAt(object, steps)
  if (value !== undefined && typeof value !== 'object') {
    const writer = exact.find(({ places }) => places.textAt(steps) === String(value))
    const line = writer?.places.lineAt(steps)
    return writer && line !== undefined ? { path: writer.path, line } : undefined
  }
  return value === undefined ? nearestLine(exact, steps) : wholeLine(exact, steps)
}

/** Nothing is written there: the nearest thing around it that tells which, such as its container. */
function nearestLine(own: readonly SourceDocument[], steps: readonly Step[]): SourcePlace | undefined {
  const lastItem = steps.findLastIndex((step) => typeof step === 'object')
  for (const { path, places, isPatch } of own) {
    const reach = places.reach(steps)
    if (isPatch || reach === 0 || reach <= lastItem) continue
    const line = places.lineAt(steps.slice(0, reach))
    if (line !== undefined) return { path, line }
  }
  return undefined
}

function wholeLine(own: readonly SourceDocument[], steps: readonly Step[]): SourcePlace | undefined {
  const writers = own.filter(({ places }) => places.lineAt(steps) !== undefined)
  const [only] = writers
  const line = only?.places.lineAt(steps)
  return only && line !== undefined && writers.length === 1 ? { path: only.path, line } : undefined
}

/** An object of exactly the name takes the place of those whose name only fits. */
function sameName(own: readonly SourceDocument[], object: KubernetesObject): SourceDocument[] {
  const exact = own.filter(({ places }) => places.textAt(['metadata', 'name']) === object.metadata.name)
  return exact.some(({ isPatch }) => !isPatch) || own.length === exact.length ? exact : oneName(own)
}

/** Several objects whose names all fit cannot be told apart. */
function oneName(own: readonly SourceDocument[]): SourceDocument[] {
  const names = new Set(own.map(({ places }) => places.textAt(['metadata', 'name'])))
  return names.size === 1 ? [...own] : []
}

function objectLine(own: readonly SourceDocument[]): SourcePlace | undefined {
  const definitions = own.filter(({ isPatch }) => !isPatch)
  const [only] = definitions
  return only && definitions.length === 1 ? { path: only.path, line: only.places.line } : undefined
}

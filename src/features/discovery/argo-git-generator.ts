import { fileNameOf, folderOf } from '../rendering/paths.ts'
import { withValues } from './argo-parameters.ts'
import type { GeneratorContext } from './argo-generators.ts'
import { flatten } from './argo-parameters.ts'
import { asMapping, asMappings, asText } from './fields.ts'
import type { Parameters } from './fill-template.ts'
import { gitPathspec, goPath, matchesPathGlob } from './path-globs.ts'
import { readYamlData } from './read-yaml-data.ts'
import { sanitizeName } from './sanitize-name.ts'
import { Undetermined } from './undetermined.ts'

/** One set for each folder, or for each object in a file, that the patterns name. Source: Argo CD, applicationset/generators/git.go. */
export function gitParameters(settings: Record<string, unknown>, context: GeneratorContext): Parameters[] {
  if (!context.isOwnAddress(asText(settings.repoURL))) {
    throw new Undetermined(`its git generator looks at another repository, ${asText(settings.repoURL)}`)
  }
  if (asMappings(settings.directories).length > 0) {
    return chosenFolders(settings, context).map((folder) =>
      parametersOf({}, folder, undefined, settings, context),
    )
  }
  if (asMappings(settings.files).length === 0)
    throw new Undetermined('its git generator names no directories or files')
  return chosenFiles(settings, context).flatMap((path) =>
    objectsIn(path, context).map((data) => parametersOf(data, folderOf(path), path, settings, context)),
  )
}

/** Folders with a hidden one in their path are not looked at; an exclusion wins wherever it stands. */
function chosenFolders(settings: Record<string, unknown>, context: GeneratorContext): string[] {
  const items = asMappings(settings.directories)
  const isNamed = (folder: string, isExclusion: boolean) =>
    items.some(
      (item) => (item.exclude === true) === isExclusion && matchesPathGlob(asText(item.path), folder, goPath),
    )
  return visibleFolders('.', context)
    .filter((folder) => isNamed(folder, false) && !isNamed(folder, true))
    .toSorted(byBytes)
}

function visibleFolders(folder: string, context: GeneratorContext): string[] {
  return context.index
    .foldersIn(folder)
    .filter((each) => !fileNameOf(each).startsWith('.'))
    .flatMap((each) => [each, ...visibleFolders(each, context)])
}

function chosenFiles(settings: Record<string, unknown>, { files }: GeneratorContext): string[] {
  const items = asMappings(settings.files)
  const isNamed = (path: string, isExclusion: boolean) =>
    items.some((item) => (item.exclude === true) === isExclusion && isPathspec(asText(item.path), path))
  return files.tree.entries
    .map(({ path }) => path)
    .filter((path) => isNamed(path, false) && !isNamed(path, true))
    .toSorted(byBytes)
}

/** A folder names everything below it. */
function isPathspec(pattern: string, path: string): boolean {
  const plain = pattern.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')
  return path === plain || path.startsWith(`${plain}/`) || matchesPathGlob(plain, path, gitPathspec)
}

/** An empty file counts as one object without parameters of its own. */
function objectsIn(path: string, { files }: GeneratorContext): Record<string, unknown>[] {
  const text = files.text(path)
  if (text === undefined) throw new Undetermined(`its git generator reads ${path}, which is not YAML or JSON`)
  const data = readYamlData(text, path)
  if (data === undefined || data === null) return [{}]
  if (Array.isArray(data)) return asMappings(data)
  if (typeof data === 'object') return [asMapping(data)]
  throw new Undetermined(`its git generator reads ${path}, which holds neither a mapping nor a list`)
}

function parametersOf(
  data: Record<string, unknown>,
  folder: string,
  file: string | undefined,
  settings: Record<string, unknown>,
  { style }: GeneratorContext,
): Parameters {
  const prefix = asText(settings.pathParamPrefix)
  const facts = pathFacts(folder, file)
  const own = style.isGo
    ? { ...data, ...(prefix === '' ? { path: facts } : { [prefix]: { path: facts } }) }
    : { ...flatten(data), ...flatPath(facts, prefix === '' ? 'path' : `${prefix}.path`) }
  return withValues(own, settings.values, style)
}

function pathFacts(folder: string, file: string | undefined) {
  const basename = fileNameOf(folder)
  const filename = file === undefined ? undefined : fileNameOf(file)
  return {
    path: folder,
    basename,
    basenameNormalized: sanitizeName(basename),
    segments: folder.split('/'),
    ...(filename !== undefined && { filename, filenameNormalized: sanitizeName(filename) }),
  }
}

/** `path`, `path.basename`, `path[0]`, … */
function flatPath({ path, segments, ...facts }: ReturnType<typeof pathFacts>, name: string): Parameters {
  return {
    [name]: path,
    ...Object.fromEntries(Object.entries(facts).map(([key, value]) => [`${name}.${key}`, value])),
    ...Object.fromEntries(segments.map((segment, at) => [`${name}[${at}]`, segment])),
  }
}

function byBytes(left: string, right: string): number {
  return left < right ? -1 : 1
}

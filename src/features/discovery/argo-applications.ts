import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Problem } from '../../domain/problem.ts'
import type { JsonnetSettings, KubernetesFacts } from '../../domain/rendered-target.ts'
import { joinPath } from '../rendering/paths.ts'
import { readDocuments } from '../rendering/read-documents.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import type { Delivery } from './delivery.ts'
import { fillTemplate } from './fill-template.ts'
import type { ObjectFile } from './repository-objects.ts'

/** What Argo CD's Applications and ApplicationSets say about folders of this repository. */
export function argoApplications(
  objectFiles: readonly ObjectFile[],
  index: RepositoryIndex,
): { deliveries: Delivery[]; problems: Problem[] } {
  const deliveries: Delivery[] = []
  const problems: Problem[] = []
  for (const { path, objects } of objectFiles) {
    for (const { object, line } of objects) {
      if (!object.apiVersion.startsWith('argoproj.io/')) continue
      if (object.kind === 'Application') deliveries.push(...fromApplication(object, path, index))
      if (object.kind !== 'ApplicationSet') continue
      const set = fromApplicationSet(object, path, line, index)
      deliveries.push(...set.deliveries)
      problems.push(...set.problems)
    }
  }
  return { deliveries, problems }
}

function fromApplication(
  object: { kind: string; metadata: { name: string }; spec?: unknown },
  definedIn: string,
  index: RepositoryIndex,
): Delivery[] {
  const spec = asMapping(object.spec)
  const destination = asMapping(spec.destination)
  const sources = spec.sources === undefined ? [asMapping(spec.source)] : asMappings(spec.sources)
  const local = sources.filter((source) => {
    const folder = joinPath('.', asText(source.path))
    return asText(source.path) !== '' && folder !== undefined && index.isFolder(folder)
  })
  return local.map((source, position) => {
    const folder = joinPath('.', asText(source.path)) ?? '.'
    const helm = asMapping(source.helm)
    const name = object.metadata.name
    return {
      application: local.length === 1 ? name : `${name}-${position + 1}`,
      path: folder,
      definedIn,
      cluster: clusterName(destination),
      namespace: asText(destination.namespace) || undefined,
      releaseName: asText(helm.releaseName) || name,
      valueFiles: asTexts(helm.valueFiles).flatMap((file) => {
        const resolved = file.startsWith('$') ? file.slice(file.indexOf('/') + 1) : joinPath(folder, file)
        return resolved === undefined ? [] : [resolved]
      }),
      isMissingValuesIgnored: helm.ignoreMissingValueFiles === true,
      values: helmValues(helm),
      isWithoutCrds: helm.skipCrds === true,
      kubernetes: kubernetesFacts(helm),
      isRecursive: asMapping(source.directory).recurse === true,
      jsonnet: jsonnetSettings(asMapping(asMapping(source.directory).jsonnet)),
      because: `Argo CD ${object.kind} ${name} in ${definedIn}`,
    }
  })
}

function fromApplicationSet(
  object: KubernetesObject,
  definedIn: string,
  line: number,
  index: RepositoryIndex,
): { deliveries: Delivery[]; problems: Problem[] } {
  const spec = asMapping(object.spec)
  const template = asMapping(spec.template)
  const isGo = spec.goTemplate === true
  const generators = asMappings(spec.generators).map((generator) => parametersOf(generator, index))
  if (generators.some((parameters) => parameters === undefined)) {
    return { deliveries: [], problems: [undetermined(object, definedIn, line)] }
  }
  const deliveries = generators
    .flatMap((parameters) => parameters ?? [])
    .flatMap((parameters) => {
      const filled = asMapping(fillTemplate(template, parameters, isGo))
      const name = asText(asMapping(filled.metadata).name)
      if (name === '') return []
      return fromApplication(
        { kind: 'ApplicationSet', metadata: { name }, spec: filled.spec },
        definedIn,
        index,
      )
    })
  return { deliveries, problems: [] }
}

/** The parameter sets of a generator; undefined where the repository alone does not tell. */
function parametersOf(
  generator: Record<string, unknown>,
  index: RepositoryIndex,
): Record<string, unknown>[] | undefined {
  if (Array.isArray(generator.list && asMapping(generator.list).elements)) {
    return asMappings(asMapping(generator.list).elements)
  }
  const directories = asMappings(asMapping(generator.git).directories)
  if (directories.length === 0) return undefined
  const isMatch = (folder: string, excluded: boolean) =>
    directories.some(
      (each) => (each.exclude === true) === excluded && matchesFolder(asText(each.path), folder),
    )
  return allFolders('.', index)
    .filter((folder) => isMatch(folder, false) && !isMatch(folder, true))
    .map((folder) => pathParameters(folder))
}

function pathParameters(folder: string): Record<string, unknown> {
  const segments = folder.split('/')
  const basename = segments.at(-1) ?? ''
  const normalised = basename.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-')
  return {
    path: { path: folder, basename, basenameNormalized: normalised, segments },
    'path.path': folder,
    'path.basename': basename,
    'path.basenameNormalized': normalised,
    ...Object.fromEntries(segments.map((segment, position) => [`path[${position}]`, segment])),
  }
}

/** Argo CD's directory globs: `*` within a segment, `**` over several. */
function matchesFolder(pattern: string, folder: string): boolean {
  return matchSegments(pattern.replace(/\/+$/, '').split('/'), folder.split('/'))
}

function matchSegments(patterns: readonly string[], segments: readonly string[]): boolean {
  const [pattern, ...rest] = patterns
  if (pattern === undefined) return segments.length === 0
  if (pattern === '**') {
    return segments.some((_, taken) => matchSegments(rest, segments.slice(taken))) || rest.length === 0
  }
  const [segment, ...others] = segments
  return segment !== undefined && matchStars(pattern, segment) && matchSegments(rest, others)
}

/** Linear in the text: each part between stars is looked for after the one before it. */
function matchStars(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === text
  const [first = '', ...rest] = parts
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > text.length - last.length) return false
    at = found + part.length
  }
  return true
}

function allFolders(folder: string, index: RepositoryIndex): string[] {
  return index.foldersIn(folder).flatMap((each) => [each, ...allFolders(each, index)])
}

/** Argo CD looks in the folder itself first of the libraries. Source: Argo CD, reposerver/repository, makeJsonnetVm. */
function jsonnetSettings(jsonnet: Record<string, unknown>): JsonnetSettings {
  const variables = (value: unknown) =>
    asMappings(value).map((each) => ({
      name: asText(each.name),
      value: asText(each.value),
      isCode: each.code === true,
    }))
  return {
    topLevel: variables(jsonnet.tlas),
    external: variables(jsonnet.extVars),
    libraries: asTexts(jsonnet.libs).flatMap((folder) => joinPath('.', folder) ?? []),
  }
}

function kubernetesFacts(helm: Record<string, unknown>): KubernetesFacts | undefined {
  const version = asText(helm.kubeVersion).replace(/^v/, '')
  const apiVersions = asTexts(helm.apiVersions)
  if (version === '' && apiVersions.length === 0) return undefined
  return { ...(version !== '' && { version }), apiVersions }
}

function helmValues(helm: Record<string, unknown>): Record<string, unknown> | undefined {
  const values =
    helm.valuesObject === undefined ? inlineValues(asText(helm.values)) : asMapping(helm.valuesObject)
  for (const parameter of asMappings(helm.parameters)) {
    setPath(values, asText(parameter.name), parameterValue(parameter))
  }
  return Object.keys(values).length > 0 ? values : undefined
}

function inlineValues(text: string): Record<string, unknown> {
  const first = readDocuments(text, '')[0]
  return first?.kind === 'data' ? asMapping(first.data) : {}
}

/** As `helm --set` reads it, for the plain cases: true, false, null and whole numbers; `forceString` keeps the text. */
function parameterValue(parameter: Record<string, unknown>): unknown {
  const text = asText(parameter.value)
  if (parameter.forceString === true) return text
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text)
  return (
    new Map<string, unknown>([
      ['true', true],
      ['false', false],
      ['null', null],
    ]).get(text) ?? text
  )
}

function setPath(values: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  if ([...keys, last].includes('__proto__')) return
  let at = values
  for (const key of keys) {
    const next = asMapping(Object.hasOwn(at, key) ? at[key] : undefined)
    at[key] = next
    at = next
  }
  at[last] = value
}

function clusterName(destination: Record<string, unknown>): string | undefined {
  const name = asText(destination.name)
  return name === '' || name === 'in-cluster' ? undefined : name
}

function undetermined(object: KubernetesObject, path: string, line: number): Problem {
  return {
    code: 'APPLICATIONSET_UNDETERMINED',
    path,
    line,
    message: `ApplicationSet ${object.metadata.name} takes its parameters from a generator that the repository alone does not determine`,
    fix: 'name its applications under `applications` in .drawbridge.yaml, or use list or git directory generators',
  }
}

import type { HelmSettings } from '../../domain/helm-settings.ts'
import type { KubernetesFacts } from '../../domain/rendered-target.ts'
import { isWithin, joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { type BuildEnvironment, fillEnvironment } from './argo-environment.ts'
import { asMapping, asMappings, asText, asTexts } from './fields.ts'
import { doubleStar, matchesPathGlob } from './path-globs.ts'
import { readYamlData } from './read-yaml-data.ts'
import { Undetermined } from './undetermined.ts'

/** Where the files that `spec.source.helm` names are. */
export interface HelmPlace {
  folder: string
  /** The folder is a chart of another host: what is in it is not known. */
  isElsewhere: boolean
  index: RepositoryIndex
  environment: BuildEnvironment
  /** `$name` of the sources that others refer to; false where such a source is in another repository. */
  references: ReadonlyMap<string, boolean>
}

/**
 * The values files in helm's order: patterns give their matches in the order of paths, a file that is also named by
 * itself has its place there, and no file counts twice.
 * Source: Argo CD, reposerver/repository/repository.go getResolvedValueFiles.
 */
export function argoValueFiles(helm: Record<string, unknown>, place: HelmPlace): string[] {
  const resolved = asTexts(helm.valueFiles).map((file) => resolveFile(file, place))
  const isUnseen = (path: string) => place.isElsewhere && isWithin(path, place.folder)
  const explicit = new Set(resolved.filter((path) => !isPattern(path)))
  const isMissingIgnored = helm.ignoreMissingValueFiles === true
  const files = resolved.flatMap((path) => {
    if (isUnseen(path) && (isMissingIgnored || isPattern(path))) {
      throw new Undetermined('which values files the chart holds is not known')
    }
    if (!isPattern(path)) return isMissingIgnored && !place.index.entry(path) ? [] : [path]
    const matches = filesLike(path, place.index)
    if (matches.length === 0 && !isMissingIgnored) throw new Undetermined(`no values file is like ${path}`)
    return matches.filter((match) => !explicit.has(match))
  })
  return [...new Set(files)]
}

/** Everything else of `spec.source.helm` that helm is told. Source: Argo CD, reposerver/repository/repository.go helmTemplate; util/helm/cmd.go template. */
export function argoHelmSettings(helm: Record<string, unknown>, place: HelmPlace): HelmSettings | undefined {
  const parameters = byName(asMappings(helm.parameters)).map((parameter) => ({
    name: asText(parameter.name),
    value: escapeCommas(fillEnvironment(asText(parameter.value), place.environment)),
    isText: parameter.forceString === true,
  }))
  const fileParameters = byName(asMappings(helm.fileParameters)).map((parameter) => ({
    name: asText(parameter.name),
    path: resolveFile(asText(parameter.path), place),
  }))
  const settings: HelmSettings = {
    ...(asText(helm.namespace) !== '' && { namespace: asText(helm.namespace) }),
    ...(parameters.length > 0 && { parameters }),
    ...(fileParameters.length > 0 && { fileParameters }),
    ...(helm.skipSchemaValidation === true && { isSchemaIgnored: true }),
  }
  return Object.keys(settings).length === 0 ? undefined : settings
}

/** `valuesObject`, and only without it `values`: later than every values file. Source: Argo CD, values.go ValuesYAML. */
export function argoValues(helm: Record<string, unknown>): Record<string, unknown> | undefined {
  const values =
    helm.valuesObject === undefined || helm.valuesObject === null
      ? readYamlData(asText(helm.values), 'spec.source.helm.values')
      : helm.valuesObject
  if (values === undefined || values === null) return undefined
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new Undetermined('spec.source.helm.values is no mapping')
  }
  return Object.keys(values).length === 0 ? undefined : asMapping(values)
}

/** Without them helm tells the chart what it knows itself, where Argo CD asks the cluster. Source: Argo CD, repository.go helmTemplate, parseKubeVersion. */
export function argoKubernetesFacts(helm: Record<string, unknown>): KubernetesFacts | undefined {
  const version = asText(helm.kubeVersion).replace(/^v/, '')
  const apiVersions = asTexts(helm.apiVersions)
  if (version === '' && apiVersions.length === 0) return undefined
  return { ...(version !== '' && { version }), apiVersions }
}

/**
 * `/a.yaml` and `$ref/a.yaml` start at a repository's root, any other path at the chart.
 * Source: Argo CD, util/io/path/resolved.go ResolveValueFilePathOrUrl.
 */
function resolveFile(file: string, { folder, isElsewhere, environment, references }: HelmPlace): string {
  const [name = '', ...rest] = file.split('/')
  const isHere = references.get(name)
  if (isHere === false) throw new Undetermined(`the values file ${file} is in another repository`)
  const path = fillEnvironment(isHere === undefined ? file : `/${rest.join('/')}`, environment)
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) throw new Undetermined(`the values file ${path} is on another host`)
  const isInChart = isElsewhere && isHere === undefined
  const resolved =
    path.startsWith('/') && !isInChart
      ? joinPath('.', path.replace(/^\/+/, ''))
      : joinPath(folder, path.replace(/^\/+/, ''))
  if (resolved === undefined || resolved === '.' || (isInChart && !isWithin(resolved, folder))) {
    throw new Undetermined(`the values file ${file} is outside the repository`)
  }
  return resolved
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(path)
}

function filesLike(pattern: string, index: RepositoryIndex): string[] {
  return index
    .under('.')
    .map((entry) => entry.path)
    .filter((path) => matchesPathGlob(pattern, path, doubleStar))
    .toSorted((left, right) => (left < right ? -1 : 1))
}

/** The last one of a name wins. */
function byName(parameters: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return [...new Map(parameters.map((parameter) => [asText(parameter.name), parameter])).values()]
}

/** A comma is part of the value, except in a list `{a,b}`. Source: Argo CD, util/helm/cmd.go cleanSetParameters. */
function escapeCommas(value: string): string {
  return value.startsWith('{') && value.endsWith('}') ? value : value.replaceAll(/(?<!\\),/g, '\\,')
}

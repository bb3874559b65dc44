import type { ChartPin, RemoteChart } from '../../domain/chart-pin.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { findRemoteChart, remoteChartFolder } from '../rendering/chart-pins.ts'
import { joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { type ArgoCluster, destinationCluster } from './argo-clusters.ts'
import { argoDirectoryFilter } from './argo-directory.ts'
import type { BuildEnvironment } from './argo-environment.ts'
import {
  argoHelmSettings,
  argoKubernetesFacts,
  argoValueFiles,
  argoValues,
  type HelmPlace,
} from './argo-helm.ts'
import { argoJsonnetSettings } from './argo-jsonnet.ts'
import { argoKustomizeEdits } from './argo-kustomize.ts'
import { sourcesOf } from './argo-repository.ts'
import { argoSourceType } from './argo-source-type.ts'
import type { Delivery } from './delivery.ts'
import { asMapping, asText } from './fields.ts'
import { mergePatch } from './merge-patch.ts'
import { readYamlData } from './read-yaml-data.ts'
import { chartIsRemote, pathIsMissing, sourceIsElsewhere, undetermined } from './not-here.ts'
import { Undetermined } from './undetermined.ts'

/** An Application as it is written, or as an ApplicationSet makes it. */
export interface ArgoApplication {
  name: string
  spec: Record<string, unknown>
  definedIn: string
  line: number
  /** Who says so: `Application web`, `ApplicationSet fleet`. */
  author: string
}

export interface ArgoContext {
  files: RepositoryFiles
  index: RepositoryIndex
  clusters: readonly ArgoCluster[]
  /** Charts of other hosts that may be rendered. */
  charts: readonly ChartPin[]
  isOwnAddress(repoUrl: string): boolean
}

export interface ArgoDeliveries {
  deliveries: Delivery[]
  notices: Problem[]
}

type Source = Record<string, unknown>

/** What an Application delivers from folders of this repository, and of each other source why it is not shown. */
export function applicationDeliveries(application: ArgoApplication, context: ArgoContext): ArgoDeliveries {
  const sources = sourcesOf(application.spec)
  const deliveries: Delivery[] = []
  const notices: Problem[] = []
  for (const [position, source] of sources.entries()) {
    const obstacle = whyNotHere(source, application, context)
    if (obstacle) notices.push(...obstacle)
    else {
      try {
        deliveries.push(toDelivery(source, nameOf(source, position, application), application, context))
      } catch (error) {
        if (!(error instanceof Undetermined)) throw error
        notices.push(undetermined(application, error.message))
      }
    }
  }
  return { deliveries, notices }
}

/** One of several sources that render is told apart by its name, or by its place among all of them. */
function nameOf(source: Source, position: number, { name, spec }: ArgoApplication): string {
  const rendering = sourcesOf(spec).filter((each) => asText(each.path) !== '' || asText(each.chart) !== '')
  return rendering.length <= 1 ? name : `${name}-${asText(source.name) || position + 1}`
}

/** Undefined for a folder of this repository, and for an allowed chart. A source that only others refer to renders nothing itself. */
function whyNotHere(
  source: Source,
  application: ArgoApplication,
  context: ArgoContext,
): Problem[] | undefined {
  const [repoUrl, chart, path] = [asText(source.repoURL), asText(source.chart), asText(source.path)]
  if (chart !== '') {
    return chartOf(source, context) ? undefined : [chartIsRemote(application, chart, repoUrl)]
  }
  if (path === '') return []
  if (!context.isOwnAddress(repoUrl)) return [sourceIsElsewhere(application, path, repoUrl)]
  const folder = joinPath('.', path)
  return folder !== undefined && context.index.isFolder(folder)
    ? undefined
    : [pathIsMissing(application, path)]
}

function toDelivery(
  source: Source,
  name: string,
  application: ArgoApplication,
  context: ArgoContext,
): Delivery {
  const { files, index } = context
  const remoteChart = chartOf(source, context)
  const folder = remoteChart ? remoteChartFolder : (joinPath('.', asText(source.path)) ?? '.')
  const settled = remoteChart ? source : withSourceFiles(source, folder, application.name, files)
  const destination = asMapping(application.spec.destination)
  const environment = buildEnvironment(source, application)
  const renderer = remoteChart ? 'helm' : argoSourceType(settled, folder, files, index)
  const helm = asMapping(settled.helm)
  const directory = asMapping(settled.directory)
  const place: HelmPlace = {
    folder,
    isElsewhere: remoteChart !== undefined,
    index,
    environment,
    references: referencesOf(application, context),
  }
  return {
    application: name,
    path: remoteChart ? application.definedIn : folder,
    ...(remoteChart && { remoteChart }),
    definedIn: application.definedIn,
    line: application.line,
    renderer,
    cluster: destinationCluster(destination, context.clusters),
    namespace: asText(destination.namespace) || undefined,
    releaseName: asText(helm.releaseName) || application.name,
    isMissingValuesIgnored: false,
    isRecursive: directory.recurse === true,
    because: `Argo CD ${application.author} in ${application.definedIn}`,
    valueFiles: renderer === 'helm' ? argoValueFiles(helm, place) : [],
    ...(renderer === 'helm' && {
      values: argoValues(helm),
      helm: argoHelmSettings(helm, place),
      isWithoutCrds: helm.skipCrds === true,
      kubernetes: argoKubernetesFacts(helm),
    }),
    ...(renderer === 'kustomize' && {
      edits: argoKustomizeEdits(asMapping(settled.kustomize), folder, files, index, environment),
    }),
    ...(renderer === 'plain' && {
      takesFile: argoDirectoryFilter(directory, folder, files),
      jsonnet: argoJsonnetSettings(asMapping(directory.jsonnet), environment),
    }),
  }
}

/** A registry is named without its scheme, where Argo CD's own settings say that it is one. */
function chartOf(source: Source, { charts }: ArgoContext): RemoteChart | undefined {
  const [repoUrl, name] = [asText(source.repoURL), asText(source.chart)]
  if (name === '') return undefined
  const repository = repoUrl.includes('://') ? repoUrl : `oci://${repoUrl}`
  return findRemoteChart({ repository, name, version: asText(source.targetRevision) }, charts)
}

/** `.argocd-source.yaml` beside what is delivered overrides the source, as image updaters write it. Source: Argo CD, repository.go mergeSourceParameters. */
function withSourceFiles(source: Source, folder: string, name: string, files: RepositoryFiles): Source {
  return ['.argocd-source.yaml', `.argocd-source-${name}.yaml`].reduce((settled, file) => {
    const path = joinPath(folder, file)
    const text = path === undefined ? undefined : files.text(path)
    return text === undefined ? settled : asMapping(mergePatch(settled, readYamlData(text, path ?? file)))
  }, source)
}

function buildEnvironment(source: Source, { name, spec }: ArgoApplication): BuildEnvironment {
  return {
    application: name,
    namespace: asText(asMapping(spec.destination).namespace),
    project: asText(spec.project),
    path: asText(source.path),
    repoUrl: asText(source.repoURL),
    targetRevision: asText(source.targetRevision),
  }
}

/** Only sources among several can be referred to. */
function referencesOf({ spec }: ArgoApplication, { isOwnAddress }: ArgoContext): Map<string, boolean> {
  if (!Array.isArray(spec.sources)) return new Map()
  return new Map(
    sourcesOf(spec)
      .filter((source) => asText(source.ref) !== '')
      .map((source) => [
        `$${asText(source.ref)}`,
        asText(source.chart) === '' && isOwnAddress(asText(source.repoURL)),
      ]),
  )
}

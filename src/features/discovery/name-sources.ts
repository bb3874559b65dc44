import type { ChartPin } from '../../domain/chart-pin.ts'
import type { ApplicationRule, Configuration } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import type { JsonnetSettings, KubernetesFacts, RenderSource } from '../../domain/rendered-target.ts'
import { folderOf } from '../rendering/paths.ts'
import { conventionalLibraries } from '../rendering/jsonnet-inputs.ts'
import { inflatedPins } from '../rendering/helm-charts.ts'
import { pinnedCharts } from '../rendering/helm-inputs.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { clusterFolders } from './cluster-folders.ts'
import type { Candidate } from './find-candidates.ts'
import { deliveredEnvironment } from './delivered-environment.ts'
import { matchTemplate, type TemplateMatch } from './path-template.ts'
import { type KnownNames, type PathReading, readPath } from './path-words.ts'
import { uniqueNames } from './unique-names.ts'
import { chartEnvironments, chartValueFiles } from './values-files.ts'

const unknownName = 'default'

/** Gives each candidate its application, environment and clusters: by configuration, by what delivers it, by its path. */
export function nameSources(
  candidates: readonly Candidate[],
  index: RepositoryIndex,
  configuration: Configuration,
): { sources: RenderSource[]; problems: Problem[] } {
  const known = knownNames(configuration, candidates)
  const problems: Problem[] = []
  const drafts = candidates.flatMap((candidate) => {
    const rule = candidate.delivery?.remoteChart ? undefined : ruleFor(candidate.path, configuration)
    const match = rule && matchTemplate(rule.path, candidate.path)
    const reading = readCandidate(candidate, known)
    const application =
      match?.application ??
      candidate.delivery?.application ??
      chartName(candidate, index, reading) ??
      reading.application
    const environments = environmentsOf(candidate, match, reading, index, configuration, rule)
    const unknown = match?.environment
    if (unknown !== undefined && configuration.environments.length > 0 && !known.environments.has(unknown)) {
      problems.push(unknownEnvironment(candidate.path, unknown, configuration))
    }
    return environments.map((environment) => ({
      stem: reading.stem,
      definedIn: candidate.delivery?.definedIn.split('/').slice(0, -1) ?? [],
      isGiven: match?.application !== undefined || candidate.delivery !== undefined,
      source: toSource(candidate, application, environment, rule, match, reading, index, configuration),
    }))
  })
  return { sources: uniqueNames(drafts).toSorted(bySource), problems }
}

/** The rule that names what is found at a path. */
export function ruleFor(path: string, configuration: Configuration): ApplicationRule | undefined {
  return configuration.applications.find((rule) => matchTemplate(rule.path, path) !== undefined)
}

/** The folder's path first; where it does not tell, the path of the file that delivers it, then what that file says. */
function readCandidate(candidate: Candidate, known: KnownNames): PathReading {
  const isFile = candidate.delivery?.remoteChart !== undefined
  const own = readPath(isFile ? folderOf(candidate.path) : candidate.path, known)
  if (!candidate.delivery) return own
  const definedIn = readPath(candidate.delivery.definedIn.split('/').slice(0, -1).join('/') || '.', known)
  return {
    ...own,
    environment:
      own.environment ??
      definedIn.environment ??
      deliveredEnvironment(candidate.delivery, known.environments),
    cluster: candidate.delivery.cluster ?? own.cluster ?? definedIn.cluster,
  }
}

/** A chart at the root of a repository, or in a folder that tells nothing, is called what its Chart.yaml says. */
function chartName(candidate: Candidate, index: RepositoryIndex, reading: PathReading): string | undefined {
  if (candidate.renderer !== 'helm') return undefined
  return reading.isTelling ? undefined : index.chart(candidate.path)?.name || undefined
}

function environmentsOf(
  candidate: Candidate,
  match: TemplateMatch | undefined,
  reading: PathReading,
  index: RepositoryIndex,
  configuration: Configuration,
  rule: ApplicationRule | undefined,
): string[] {
  const configured = configuration.environments.map((environment) => environment.name)
  const cluster = match?.cluster ?? reading.cluster
  const byCluster = configuration.environments.find((each) => each.waves.flat().includes(cluster ?? ''))?.name
  const determined = match?.environment ?? byCluster ?? reading.environment
  if (determined !== undefined) return [determined]
  if (candidate.renderer === 'helm' && !candidate.delivery) {
    const byValues = chartEnvironments(candidate.path, index, configured)
    if (byValues.length > 0) return byValues
  }
  return rule && configured.length > 0 ? configured : [unknownName]
}

function toSource(
  candidate: Candidate,
  application: string,
  environment: string,
  rule: ApplicationRule | undefined,
  match: TemplateMatch | undefined,
  reading: PathReading,
  index: RepositoryIndex,
  configuration: Configuration,
): RenderSource {
  const { delivery } = candidate
  const namespace = rule?.namespace ?? delivery?.namespace
  const isHelm = candidate.renderer === 'helm'
  const charts = chartsOf(candidate, configuration.charts ?? [], index)
  const takesValues = isHelm || (candidate.renderer === 'ytt' && (rule?.valueFiles.length ?? 0) > 0)
  const configured = configuration.environments.find((each) => each.name === environment)?.kubernetes
  const kubernetes = kubernetesFacts(configured, delivery?.kubernetes)
  return {
    application,
    environment,
    clusters: clustersOf(environment, match?.cluster ?? reading.cluster, configuration),
    renderer: candidate.renderer,
    path: candidate.path,
    valueFiles: takesValues ? chartValueFiles(candidate, environment, rule, index) : [],
    ...(isHelm && delivery?.releaseName && { releaseName: delivery.releaseName }),
    ...(isHelm && delivery?.values && { values: delivery.values }),
    ...(isHelm && delivery?.isWithoutCrds && { isWithoutCrds: true }),
    ...(isHelm && kubernetes && { kubernetes }),
    ...(charts.length > 0 && { charts }),
    ...(delivery?.remoteChart && { remoteChart: delivery.remoteChart }),
    ...(candidate.renderer === 'jsonnet' && { jsonnet: jsonnetSettings(candidate, index) }),
    ...(candidate.renderer === 'plugin' && { plugin: rule?.plugin ?? '', inputs: rule?.inputs ?? [] }),
    ...(isHelm && delivery?.helm && { helm: delivery.helm }),
    ...(candidate.renderer === 'kustomize' && delivery?.edits && { edits: delivery.edits }),
    ...definedOnly(delivery?.extras),
    ...(namespace && { namespace }),
    ...(rule?.conflicts && { conflicts: rule.conflicts }),
    files: candidate.files,
    because: rule ? `${candidate.because}, named by ${rule.path}` : candidate.because,
  }
}

/** The allowed charts that a chart depends on, or that a kustomization inflates. */
function chartsOf(
  { renderer, path, delivery }: Candidate,
  allowed: readonly ChartPin[],
  index: RepositoryIndex,
): ChartPin[] {
  if (renderer === 'kustomize')
    return inflatedPins([path, ...(delivery?.edits?.components ?? [])], allowed, index)
  if (renderer !== 'helm') return []
  return [...new Set(pinnedCharts(path, allowed, index).map(({ pin }) => pin))]
}

function jsonnetSettings({ delivery, path }: Candidate, index: RepositoryIndex): JsonnetSettings {
  return delivery?.jsonnet ?? { topLevel: [], external: [], libraries: conventionalLibraries(path, index) }
}

/** What delivers a chart knows its cluster's version best; the lists are told together. */
function kubernetesFacts(
  configured: KubernetesFacts | undefined,
  delivered: KubernetesFacts | undefined,
): KubernetesFacts | undefined {
  if (!configured || !delivered) return delivered ?? configured
  const apiVersions = [...new Set([...configured.apiVersions, ...delivered.apiVersions])].toSorted()
  return { ...configured, ...delivered, apiVersions }
}

/** JSON of a source tells whether its settings changed, so nothing in it is there without a value. */
function definedOnly<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter(([, each]) => each !== undefined),
  ) as Partial<T>
}

function clustersOf(
  environment: string,
  cluster: string | undefined,
  configuration: Configuration,
): string[] {
  const configured = configuration.environments.find((each) => each.name === environment)?.waves.flat()
  if (configured && cluster !== undefined && configured.includes(cluster)) return [cluster]
  if (configured && configured.length > 0) return configured
  return [cluster ?? unknownName]
}

/** Without a configuration the repository's own paths tell which names are clusters. */
function knownNames(configuration: Configuration, candidates: readonly Candidate[]): KnownNames {
  const isConfigured = configuration.environments.length > 0
  return {
    clusterFolders: isConfigured ? new Set() : clusterFolders(candidates.map(({ path }) => path)),
    environments: new Set(configuration.environments.map((environment) => environment.name)),
    clusterOf: new Map(
      configuration.environments.flatMap((environment) =>
        environment.waves.flat().map((cluster) => [cluster, environment.name] as const),
      ),
    ),
  }
}

function bySource(left: RenderSource, right: RenderSource): number {
  return (
    compare(left.environment, right.environment) ||
    compare(left.application, right.application) ||
    compare(left.path, right.path)
  )
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function unknownEnvironment(path: string, environment: string, configuration: Configuration): Problem {
  return {
    code: 'ENVIRONMENT_UNKNOWN',
    path,
    line: 0,
    message: `the path says environment ${environment}, which is not one of ${configuration.environments.map((each) => each.name).join(', ')}`,
    fix: 'add it under `environments` in .drawbridge.yaml, or move the folder',
  }
}

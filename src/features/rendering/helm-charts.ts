import type { ChartPin } from '../../domain/chart-pin.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { asMapping, asText, asTexts } from '../discovery/fields.ts'
import { findRemoteChart } from './chart-pins.ts'
import type { Kustomization } from './kustomization.ts'
import { joinPath } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'

/** A chart that kustomize inflates, as what helm renders by itself. */
export interface InflatedChart {
  source: RenderSource
  /** `valuesInline`, and how many of the values files come before it. */
  inline?: { values: Record<string, unknown>; position: number }
}

/** What is read of an entry of `helmCharts`; another field might change what is rendered. */
const known = new Set(
  (
    'name repo version releaseName namespace valuesFile additionalValuesFiles valuesInline valuesMerge ' +
    'includeCRDs skipHooks skipTests apiVersions kubeVersion'
  ).split(' '),
)

/**
 * The charts that a kustomization inflates, in their order; a problem for each that cannot be rendered exactly as kustomize would.
 * Source: kustomize, api/types/helmchartargs.go AsHelmArgs; api/internal/builtins/HelmChartInflationGenerator.go.
 */
export function inflatedCharts(
  kustomization: Kustomization,
  source: RenderSource,
  index: RepositoryIndex,
): { charts: InflatedChart[]; problems: Problem[] } {
  const charts: InflatedChart[] = []
  const problems: Problem[] = []
  for (const { name, line, settings } of kustomization.helmCharts) {
    const obstacle =
      source.edits?.by === 'flux'
        ? 'Flux builds without it'
        : (whyNotExact(settings, kustomization) ?? whyNoChart(settings, kustomization, source, index))
    if (obstacle === undefined) charts.push(toChart(settings, kustomization, source, index))
    else problems.push(chartRefused(kustomization.path, line, name, obstacle))
  }
  return { charts, problems }
}

/** The kustomizations below a folder, itself included, that inflate charts. */
export function inflatingKustomizations(folders: readonly string[], index: RepositoryIndex): Kustomization[] {
  const seen = new Set<string>()
  const waiting = [...folders]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (seen.has(folder)) continue
    seen.add(folder)
    const references = index.kustomization(folder)?.references ?? []
    waiting.push(
      ...references.flatMap(({ path }) => (path !== undefined && index.isFolder(path) ? [path] : [])),
    )
  }
  return [...seen].flatMap((folder) => {
    const kustomization = index.kustomization(folder)
    return kustomization && kustomization.helmCharts.length > 0 ? [kustomization] : []
  })
}

/** The allowed charts that a kustomization and what it builds upon inflate. */
export function inflatedPins(
  folders: readonly string[],
  allowed: readonly ChartPin[],
  index: RepositoryIndex,
): ChartPin[] {
  if (allowed.length === 0) return []
  const wanted = inflatingKustomizations(folders, index).flatMap(({ helmCharts }) =>
    helmCharts.map(({ settings }) => wantedChart(settings)),
  )
  return allowed.filter((pin) =>
    wanted.some(({ name, repository }) => pin.name === name && pin.repository === repository),
  )
}

/** The folder of this repository that holds the chart; undefined where it is one of another host. */
export function localChartFolder(
  settings: Record<string, unknown>,
  { folder, chartHome }: Pick<Kustomization, 'folder' | 'chartHome'>,
  index: RepositoryIndex,
): string | undefined {
  const { name, version, repository } = wantedChart(settings)
  const home = joinPath(folder, chartHome)
  if (home === undefined) return undefined
  const inside = repository === '' ? name : `${name}-${version}/${name}`
  const found = joinPath(home, inside)
  return found !== undefined && index.chart(found) ? found : undefined
}

function wantedChart(settings: Record<string, unknown>): Omit<ChartPin, 'digest'> {
  return {
    repository: asText(settings.repo).replace(/\/+$/, ''),
    name: asText(settings.name),
    version: asText(settings.version),
  }
}

function toChart(
  settings: Record<string, unknown>,
  kustomization: Kustomization,
  source: RenderSource,
  index: RepositoryIndex,
): InflatedChart {
  const at = (file: string) => joinPath(kustomization.folder, file) ?? file
  const local = localChartFolder(settings, kustomization, index)
  const remoteChart =
    local === undefined ? findRemoteChart(wantedChart(settings), source.charts ?? []) : undefined
  const valuesFile = asText(settings.valuesFile)
  const isReplaced = settings.valuesMerge === 'replace' && settings.valuesInline !== undefined
  const first = valuesFile === '' || isReplaced ? [] : [at(valuesFile)]
  const values = asMapping(settings.valuesInline)
  const version = asText(settings.kubeVersion).replace(/^v/, '')
  return {
    source: {
      application: source.application,
      environment: source.environment,
      clusters: source.clusters,
      renderer: 'helm',
      path: local ?? kustomization.path,
      ...(remoteChart ? { remoteChart } : { charts: source.charts }),
      releaseName: asText(settings.releaseName),
      namespace: asText(settings.namespace) || 'default',
      valueFiles: [...first, ...asTexts(settings.additionalValuesFiles).map(at)],
      ...(settings.includeCRDs !== true && { isWithoutCrds: true }),
      kubernetes: { ...(version !== '' && { version }), apiVersions: asTexts(settings.apiVersions) },
      helm: {
        ...(settings.skipTests !== true && { isWithTests: true }),
        ...(settings.skipHooks === true && { isWithoutHooks: true }),
      },
      files: [],
      because: source.because,
    },
    ...(Object.keys(values).length > 0 && { inline: { values, position: first.length } }),
  }
}

function whyNotExact(settings: Record<string, unknown>, { namespace }: Kustomization): string | undefined {
  const unknown = Object.keys(settings).find((field) => !known.has(field))
  if (unknown !== undefined) return `its field ${unknown} is not rendered here`
  if (asText(settings.releaseName) === '')
    return 'without a releaseName its objects have another name each time'
  if (settings.valuesMerge === 'merge') return 'valuesMerge: merge is not rendered here'
  if (hasNothing(settings.valuesInline))
    return 'a value of valuesInline is null, which kustomize and helm read differently'
  if (namespace !== undefined && asText(settings.namespace) === '') {
    return "versions of kustomize differ in whether the kustomization's namespace is the chart's; name the chart's own"
  }
  return undefined
}

function whyNoChart(
  settings: Record<string, unknown>,
  kustomization: Kustomization,
  source: RenderSource,
  index: RepositoryIndex,
): string | undefined {
  if (localChartFolder(settings, kustomization, index) !== undefined) return undefined
  const wanted = wantedChart(settings)
  if (wanted.repository === '') return `it is not in ${kustomization.chartHome}`
  if (wanted.version === '') return 'it names no version'
  return findRemoteChart(wanted, source.charts ?? []) ? undefined : 'it is of another host and not allowed'
}

function hasNothing(value: unknown): boolean {
  if (value === null) return true
  return typeof value === 'object' && Object.values(value).some(hasNothing)
}

function chartRefused(path: string, line: number, name: string, obstacle: string): Problem {
  return {
    code: 'KUSTOMIZE_HELM_REFUSED',
    path,
    line,
    message: `the chart ${name} that kustomize inflates is not rendered: ${obstacle}`,
    fix: 'correct it; or allow the chart by its hash under `charts` in .drawbridge.yaml of the base branch; or commit the chart, or what it renders to',
  }
}

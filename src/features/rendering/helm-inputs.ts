import type { ChartPin } from '../../domain/chart-pin.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import type { Chart } from './chart.ts'
import { chartNotAllowed, isRemote, pinOf, remoteChartFolder, remoteChartNotAllowed } from './chart-pins.ts'
import { fileNameOf, isWithin, joinPath } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'

/** The files that `helm template` reads: the whole chart, the charts it takes from this repository, the values files. */
export function helmInputs(
  source: RenderSource,
  index: RepositoryIndex,
  files: RepositoryFiles,
): { paths: string[]; problems: Problem[] } {
  if (source.remoteChart) return remoteInputs(source, index, files)
  const charts = [source.path, ...localCharts(source.path, index).map((chart) => chart.folder)]
  const paths = charts.flatMap((folder) => index.under(folder).map((entry) => entry.path))
  const problems = charts.flatMap((folder) => missingDependencies(folder, source.charts ?? [], index))
  const values = valueFileInputs(source, index)
  return { paths: [...paths, ...values.paths], problems: [...problems, ...values.problems] }
}

/** Of a chart of another host only the values files are here; what is named inside of it, helm looks for. */
function remoteInputs(source: RenderSource, index: RepositoryIndex, files: RepositoryFiles) {
  const { remoteChart } = source
  const values = valueFileInputs(source, index)
  if (!remoteChart || remoteChart.digest !== undefined) return values
  const lines = files.text(source.path)?.split('\n') ?? []
  const line = Math.max(lines.findIndex((each) => each.includes(remoteChart.name)) + 1, 1)
  return { ...values, problems: [...values.problems, remoteChartNotAllowed(source, remoteChart, line)] }
}

/** The source's values files, and those of single values; one that is not there is a problem. */
export function valueFileInputs(
  source: RenderSource,
  index: RepositoryIndex,
): { paths: string[]; problems: Problem[] } {
  const named = [...source.valueFiles, ...(source.helm?.fileParameters ?? []).map(({ path }) => path)]
  const isElsewhere = (path: string) => source.remoteChart && isWithin(path, remoteChartFolder)
  const missing = named.filter((path) => !index.entry(path) && !isElsewhere(path))
  return {
    paths: named.filter((path) => index.entry(path)),
    problems: missing.map((path) => missingValues(source, path)),
  }
}

/** Charts of this repository that a chart depends on by `file://` and does not carry itself, to be put in its `charts/`. */
export function localCharts(
  chart: string,
  index: RepositoryIndex,
  seen: ReadonlySet<string> = new Set(),
): { folder: string; into: string }[] {
  if (seen.has(chart)) return []
  const within = new Set([...seen, chart])
  return (index.chart(chart)?.dependencies ?? []).flatMap((dependency) => {
    const folder = dependency.repository.startsWith('file://')
      ? joinPath(chart, dependency.repository.slice('file://'.length))
      : undefined
    if (folder === undefined || isVendored(chart, dependency.name, index) || !index.isFolder(folder))
      return []
    const into = joinPath(chart, `charts/${dependency.name}`) ?? chart
    return [{ folder, into }, ...localCharts(folder, index, within)]
  })
}

/** The allowed charts that a chart, and those it takes from this repository, depend on and do not carry themselves. */
export function pinnedCharts(
  chart: string,
  allowed: readonly ChartPin[],
  index: RepositoryIndex,
): { pin: ChartPin; into: string }[] {
  const charts = [{ folder: chart, into: chart }, ...localCharts(chart, index)]
  return charts.flatMap(({ folder, into }) =>
    (index.chart(folder)?.dependencies ?? [])
      .filter((dependency) => !isVendored(folder, dependency.name, index))
      .flatMap((dependency) => {
        const pin = pinOf(dependency, allowed)
        return pin ? [{ pin, into: joinPath(into, `charts/${dependency.name}`) ?? into }] : []
      }),
  )
}

function missingDependencies(
  folder: string,
  allowed: readonly ChartPin[],
  index: RepositoryIndex,
): Problem[] {
  const chart = index.chart(folder)
  if (!chart) return []
  return chart.dependencies
    .filter((dependency) => !isVendored(folder, dependency.name, index))
    .filter((dependency) => {
      if (!dependency.repository.startsWith('file://')) return true
      const local = joinPath(folder, dependency.repository.slice('file://'.length))
      return local === undefined || !index.isFolder(local)
    })
    .filter((dependency) => pinOf(dependency, allowed) === undefined)
    .map((dependency) =>
      isRemote(dependency) ? chartNotAllowed(chart, dependency) : missingDependency(chart, dependency),
    )
}

/** Whether the chart carries the dependency in its `charts/` folder, unpacked or as an archive. */
function isVendored(chart: string, name: string, index: RepositoryIndex): boolean {
  const charts = joinPath(chart, 'charts') ?? chart
  return (
    index.isFolder(`${charts}/${name}`) ||
    index.filesIn(charts).some((entry) => {
      const file = fileNameOf(entry.path)
      return file.startsWith(`${name}-`) && file.endsWith('.tgz')
    })
  )
}

function missingDependency(chart: Chart, dependency: Chart['dependencies'][number]): Problem {
  return {
    code: 'HELM_DEPENDENCY_MISSING',
    path: chart.path,
    line: dependency.line,
    message: `the chart depends on ${dependency.name} from ${dependency.repository || 'nowhere'}, which is not in its charts/ folder; nothing is fetched when rendering`,
    fix: `run \`helm dependency update ${chart.folder}\` and commit the charts/ folder`,
  }
}

function missingValues(source: RenderSource, valueFile: string): Problem {
  return {
    code: 'HELM_VALUES_MISSING',
    path: valueFile,
    line: 0,
    message: `the values file of ${source.application} is not in the repository`,
    fix: 'add the file, or correct the path where it is named',
  }
}

import type { ChartPin, RemoteChart } from '../../domain/chart-pin.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { Chart } from './chart.ts'

type Dependency = Chart['dependencies'][number]

/** A dependency that asks for one version gets that one; a range is filled by what is allowed, as a lock would. */
export function pinOf(dependency: Dependency, allowed: readonly ChartPin[]): ChartPin | undefined {
  const repository = dependency.repository.replace(/\/+$/, '')
  const own = allowed.filter((pin) => pin.name === dependency.name && pin.repository === repository)
  const isExact = /^v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?$/.test(dependency.version)
  return isExact ? own.find((pin) => pin.version === dependency.version) : own[0]
}

export function isRemote(dependency: Dependency): boolean {
  return /^(?:https?|oci):\/\//.test(dependency.repository)
}

/** Where a chart of another host stands among the files of a render: no folder of a repository is called so. */
export const remoteChartFolder = '.drawbridge-chart'

/** Where the chart of a source stands among the files of its render. */
export function chartFolder(source: Pick<RenderSource, 'path' | 'remoteChart'>): string {
  return source.remoteChart ? remoteChartFolder : source.path
}

/**
 * A chart of another host that is delivered by itself: undefined where no version of it is allowed, so that nobody asked for it
 * to be shown. A range has no hash: tomorrow it may mean another archive.
 */
export function findRemoteChart(
  wanted: Omit<ChartPin, 'digest'>,
  allowed: readonly ChartPin[],
): RemoteChart | undefined {
  const repository = wanted.repository.replace(/\/+$/, '')
  const own = allowed.filter((pin) => pin.name === wanted.name && pin.repository === repository)
  if (own.length === 0) return undefined
  const withoutV = (version: string) => version.replace(/^v/, '')
  return (
    own.find((pin) => withoutV(pin.version) === withoutV(wanted.version)) ?? {
      repository,
      name: wanted.name,
      version: wanted.version,
    }
  )
}

/** A source whose chart is allowed, but not in the version that it asks for. */
export function remoteChartNotAllowed({ path }: RenderSource, chart: RemoteChart, line: number): Problem {
  const { name, version, repository } = chart
  return {
    code: 'CHART_NOT_ALLOWED',
    path,
    line,
    message: `the chart ${name} ${version || 'of any version'} of ${repository} is not one of those that the base branch allows`,
    fix: `name one version, and allow it in .drawbridge.yaml of the base branch, ${howToAllow(chart)}`,
  }
}

/** What to write where the chart is allowed; the archive's hash is for people to find out and to believe. */
export function chartNotAllowed(chart: Chart, dependency: Dependency): Problem {
  const { name, version, repository } = dependency
  return {
    code: 'CHART_NOT_ALLOWED',
    path: chart.path,
    line: dependency.line,
    message: `the chart depends on ${name} ${version} from ${repository}, which is neither in its charts/ folder nor allowed`,
    fix:
      `run \`helm dependency update ${chart.folder}\` and commit the charts/ folder; ` +
      `or allow it in .drawbridge.yaml of the base branch, ${howToAllow(dependency)}`,
  }
}

function howToAllow({ name, version, repository }: RemoteChart): string {
  const archive = repository.startsWith('oci://')
    ? `helm pull ${repository}/${name} --version '${version}'`
    : `helm pull ${name} --repo ${repository} --version '${version}'`
  return (
    `with the hash that \`${archive} && sha256sum ${name}-*.tgz\` prints: ` +
    `charts: [{ repository: "${repository}", name: ${name}, version: "${version}", digest: "sha256:…" }]`
  )
}

import type { ChartPin } from '../../domain/chart-pin.ts'
import type { Problem } from '../../domain/problem.ts'
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

/** What to write where the chart is allowed; the archive's hash is for people to find out and to believe. */
export function chartNotAllowed(chart: Chart, dependency: Dependency): Problem {
  const { name, version, repository } = dependency
  const archive = repository.startsWith('oci://')
    ? `helm pull ${repository}/${name} --version '${version}'`
    : `helm pull ${name} --repo ${repository} --version '${version}'`
  return {
    code: 'CHART_NOT_ALLOWED',
    path: chart.path,
    line: dependency.line,
    message: `the chart depends on ${name} ${version} from ${repository}, which is neither in its charts/ folder nor allowed`,
    fix:
      `run \`helm dependency update ${chart.folder}\` and commit the charts/ folder; or allow it in .drawbridge.yaml of the base branch, ` +
      `with the hash that \`${archive} && sha256sum ${name}-*.tgz\` prints: ` +
      `charts: [{ repository: "${repository}", name: ${name}, version: "${version}", digest: "sha256:…" }]`,
  }
}

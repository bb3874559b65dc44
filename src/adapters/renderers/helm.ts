// Finds charts with the pure features of rendering, so that discovery and rendering judge files alike.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChartPin } from '../../domain/chart-pin.ts'
import type { HelmSettings } from '../../domain/helm-settings.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { chartFolder } from '../../features/rendering/chart-pins.ts'
import { localCharts, pinnedCharts } from '../../features/rendering/helm-inputs.ts'
import { placeOfValue } from '../../features/rendering/place-of-value.ts'
import { indexRepository } from '../../features/rendering/repository-index.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import type { Charts } from './charts.ts'
import { type JobInputs, withJobFolder } from './job.ts'
import { postRender, type PostRenderTools } from './post-render.ts'
import { renderTwice } from './render-twice.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'

/** What charts are told where nothing names the cluster's version; fixed, so that equal inputs give equal objects. */
export const kubeVersion = '1.36.0'

/** Functions whose answer changes from one render to the next. */
const changingFunctions =
  /\b(?:rand(?:Alpha|Numeric|AlphaNum|Ascii|Int|Bytes)|shuffle|gen(?:PrivateKey|CA|CAWithKey|SelfSignedCert|SelfSignedCertWithKey|SignedCert|SignedCertWithKey)|uuidv4|now|ago|htpasswd|bcrypt|encryptAES)\b/

export interface HelmTools extends PostRenderTools {
  helm: string
  charts: Charts
}

/** `helm template`, with CRDs and hooks, without test hooks: what an installation would send to the cluster. */
export async function renderHelm(
  request: RenderRequest,
  inputs: JobInputs,
  tools: HelmTools,
): Promise<ToolOutcome> {
  const { source, signal } = request
  const { helm, sandbox, temporaryFolder } = tools
  const beside = withLocalCharts(source, inputs)
  const refused = await addPinnedCharts(source, inputs, tools.charts, beside)
  if (refused) return refused
  const contents = withOwnValues(source, beside)
  return withJobFolder(temporaryFolder, contents, async (folder) => {
    if (source.values) await writeFile(join(folder, 'inline-values.json'), JSON.stringify(source.values))
    const run = (as: RenderSource) => {
      const arguments_ = helmArguments(as, sandbox.jobFolder(folder))
      return runTool(sandbox, { binary: helm, arguments: arguments_, folder, signal }, request)
    }
    const outcome = await (mayChange(contents) ? renderTwice(request, () => run(source)) : run(source))
    if (outcome.problems.length > 0) {
      return { ...outcome, problems: outcome.problems.map((each) => atValue(each, source, inputs)) }
    }
    if (!source.postRenderers && !source.commonMetadata) return outcome
    const withoutCrds = source.isWithoutCrds ? outcome : await run({ ...source, isWithoutCrds: true })
    return postRender(request, outcome, withoutCrds, tools)
  })
}

/** Where the values files take the place of the chart's own, helm finds none of its own. */
function withOwnValues(
  source: RenderSource,
  contents: Map<string, Uint8Array>,
): ReadonlyMap<string, Uint8Array> {
  if (source.chartValues !== 'replaced') return contents
  return new Map([...contents, [join(chartFolder(source), 'values.yaml'), new Uint8Array()]])
}

/** Everything that is passed to helm comes from discovery; a value never looks like a flag. */
export function helmArguments(source: RenderSource, jobFolder: string): string[] {
  const at = (path: string) => join(jobFolder, 'files', path)
  return [
    'template',
    releaseName(source),
    at(chartFolder(source)),
    source.isWithoutCrds ? '--skip-crds' : '--include-crds',
    ...(source.helm?.isWithTests ? [] : ['--skip-tests']),
    ...(source.helm?.isWithoutHooks ? ['--no-hooks'] : []),
    `--namespace=${source.helm?.namespace ?? source.namespace ?? 'default'}`,
    `--kube-version=${source.kubernetes?.version ?? kubeVersion}`,
    ...(source.kubernetes?.apiVersions ?? []).map((api) => `--api-versions=${api}`),
    ...source.valueFiles.map((file) => `--values=${at(file)}`),
    ...(source.values ? [`--values=${join(jobFolder, 'inline-values.json')}`] : []),
    ...settingArguments(source.helm ?? {}, at),
  ]
}

/** Each is one argument, so that helm alone reads what a repository wrote in it. */
function settingArguments(settings: HelmSettings, at: (path: string) => string): string[] {
  const { parameters = [], fileParameters = [], isSchemaIgnored = false } = settings
  return [
    ...parameters.map(({ name, value, isText }) => `--set${isText ? '-string' : ''}=${name}=${value}`),
    ...fileParameters.map(({ name, path }) => `--set-file=${name}=${at(path)}`),
    ...(isSchemaIgnored ? ['--skip-schema-validation'] : []),
  ]
}

/** Helm takes 53 characters of lower-case letters, digits, `-` and `.`. */
function releaseName(source: RenderSource): string {
  const name = (source.releaseName ?? source.application).toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')
  return name.slice(0, 53).replaceAll(/^[-.]+|[-.]+$/g, '') || 'release'
}

/** Dependencies by `file://` are put where helm looks for them, the innermost first. */
function withLocalCharts(source: RenderSource, inputs: JobInputs): Map<string, Uint8Array> {
  const contents = new Map(inputs.contents)
  const charts = localCharts(source.path, indexRepository(inputs.files))
  for (const { folder, into } of charts.toReversed()) {
    for (const [path, content] of Array.from(contents)) {
      if (path.startsWith(`${folder}/`)) contents.set(into + path.slice(folder.length), content)
    }
  }
  return contents
}

/** Puts the allowed charts of other hosts beside the others; an outcome where one of them is not to be had. */
async function addPinnedCharts(
  source: RenderSource,
  inputs: JobInputs,
  charts: Charts,
  contents: Map<string, Uint8Array>,
): Promise<ToolOutcome | undefined> {
  const pinned = [
    ...ownChart(source),
    ...pinnedCharts(source.path, source.charts ?? [], indexRepository(inputs.files)),
  ]
  for (const { pin, into } of pinned) {
    const chart = await charts.open(pin)
    if (!chart.files) {
      const { refusal, code, isLasting } = chart
      return { objects: [], problems: [chartRefused(source, pin, code, refusal)], isRepeatable: isLasting }
    }
    for (const [path, content] of chart.files) contents.set(`${into}/${path}`, content)
  }
  return undefined
}

function ownChart(source: RenderSource): { pin: ChartPin; into: string }[] {
  const { remoteChart: chart } = source
  // Without a hash the closure refused it already.
  if (chart?.digest === undefined) return []
  return [{ pin: { ...chart, digest: chart.digest }, into: chartFolder(source) }]
}

function chartRefused(source: RenderSource, pin: ChartPin, code: string, refusal: string): Problem {
  return {
    code,
    path: source.path,
    line: 0,
    message: `the chart ${pin.name} ${pin.version} of ${pin.repository} is not used: ${refusal}`,
    fix: 'correct it under `charts` in .drawbridge.yaml, ask the operator to allow its host, or commit the chart to the charts/ folder',
  }
}

/** The values schema's complaint names a value, not a file: the file that people wrote it in is put in its place. */
function atValue(problem: Problem, source: RenderSource, inputs: JobInputs): Problem {
  const pointer =
    problem.code === 'HELM_VALUES_INVALID' ? /at '(\/[^']*)'/.exec(problem.message)?.[1] : undefined
  const place = pointer === undefined ? undefined : placeOfValue(pointer, source, inputs.files)
  return place ? { ...problem, ...place } : problem
}

function mayChange(contents: ReadonlyMap<string, Uint8Array>): boolean {
  return [...contents].some(
    ([path, content]) =>
      path.includes('templates/') && changingFunctions.test(new TextDecoder().decode(content)),
  )
}

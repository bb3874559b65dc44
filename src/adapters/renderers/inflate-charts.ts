// Reads kustomizations with the pure features of rendering, so that following inputs and rendering judge files alike.
import { type InflatedChart, inflatedCharts } from '../../features/rendering/helm-charts.ts'
import type { Kustomization } from '../../features/rendering/kustomization.ts'
import { dumpKubernetesYaml, parseKubernetesYaml } from '../../features/rendering/kubernetes-yaml.ts'
import { indexRepository } from '../../features/rendering/repository-index.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import { type HelmTools, renderHelm } from './helm.ts'
import type { JobInputs } from './job.ts'
import type { ToolOutcome } from './run-tool.ts'

const inlineValues = '.drawbridge-values.json'
const encoder = new TextEncoder()

/**
 * Puts what helm renders in the place of every `helmCharts`, as a resource beside the others: kustomize's own starts of helm
 * would fetch, and see more than their inputs. An outcome where one of the charts does not render.
 */
export async function inflateCharts(
  request: RenderRequest,
  inputs: JobInputs,
  contents: Map<string, Uint8Array>,
  tools: HelmTools,
): Promise<ToolOutcome | undefined> {
  const index = indexRepository(inputs.files)
  for (const folder of index.kustomizationFolders) {
    const kustomization = index.kustomization(folder)
    if (!kustomization || kustomization.helmCharts.length === 0) continue
    const resources: string[] = []
    for (const [position, chart] of inflatedCharts(kustomization, request.source, index).charts.entries()) {
      const outcome = await renderChart(request, inputs, chart, tools)
      if (outcome.problems.length > 0) return outcome
      if (outcome.objects.length === 0) continue
      const name = `.drawbridge-chart-${position}.yaml`
      const text = outcome.objects.map((object) => dumpKubernetesYaml(object)).join('---\n')
      contents.set(folder === '.' ? name : `${folder}/${name}`, encoder.encode(text))
      resources.push(name)
    }
    replaceCharts(kustomization, resources, contents)
  }
  return undefined
}

function renderChart(
  request: RenderRequest,
  inputs: JobInputs,
  { source, inline }: InflatedChart,
  tools: HelmTools,
): Promise<ToolOutcome> {
  if (!inline) return renderHelm({ ...request, source }, inputs, tools)
  const values = encoder.encode(JSON.stringify(inline.values))
  const valueFiles = source.valueFiles.toSpliced(inline.position, 0, inlineValues)
  const contents = new Map([...inputs.contents, [inlineValues, values] as const])
  return renderHelm({ ...request, source: { ...source, valueFiles } }, { ...inputs, contents }, tools)
}

/** In the text as it is by now, since what delivers the folder may have edited it. */
function replaceCharts(
  { path }: Kustomization,
  rendered: readonly string[],
  contents: Map<string, Uint8Array>,
): void {
  const text = new TextDecoder().decode(contents.get(path))
  const {
    helmCharts: _charts,
    helmGlobals: _globals,
    ...rest
  } = parseKubernetesYaml(text, {
    lastKeyWins: true,
  }) as Record<string, unknown>
  const resources = [...(Array.isArray(rest.resources) ? (rest.resources as unknown[]) : []), ...rendered]
  contents.set(path, encoder.encode(dumpKubernetesYaml({ ...rest, resources })))
}

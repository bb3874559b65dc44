// Edits kustomizations with the pure features of rendering, so that following inputs and rendering judge files alike.
import { join } from 'node:path'
import { editKustomization } from '../../features/rendering/edit-kustomization.ts'
import { indexRepository } from '../../features/rendering/repository-index.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import type { HelmTools } from './helm.ts'
import { inflateCharts } from './inflate-charts.ts'
import { type JobInputs, withJobFolder } from './job.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'

/** `kubectl kustomize <folder>`: no plug-ins, charts inflated before, and the load restrictor as the delivering tool has it. */
export async function renderKustomize(
  request: RenderRequest,
  inputs: JobInputs,
  tools: HelmTools,
): Promise<ToolOutcome> {
  const { source, signal } = request
  const { kubectl, sandbox, temporaryFolder } = tools
  const contents = withEdits(request, inputs)
  const refused = await inflateCharts(request, inputs, contents, tools)
  if (refused) return refused
  return withJobFolder(temporaryFolder, contents, (folder) => {
    const target = join(sandbox.jobFolder(folder), 'files', source.path)
    // Flux builds with what is below the repository's root; no more than the inputs is laid out either way.
    const reach = source.edits?.by === 'flux' ? ['--load-restrictor=LoadRestrictionsNone'] : []
    const job = { binary: kubectl, arguments: ['kustomize', target, ...reach], folder, signal }
    return runTool(sandbox, job, request)
  })
}

function withEdits({ source }: RenderRequest, { contents, files }: JobInputs): Map<string, Uint8Array> {
  const edited = editKustomization(source, files, indexRepository(files))
  const changed: [string, Uint8Array][] = edited ? [[edited.path, new TextEncoder().encode(edited.text)]] : []
  return new Map([...contents, ...changed])
}

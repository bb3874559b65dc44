import type { RendererPlugin } from '../../domain/renderer-plugin.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import { type JobInputs, withJobFolder } from './job.ts'
import { renderTwice } from './render-twice.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'
import type { Sandbox } from './sandbox.ts'

/** The operator's program in the source's folder; what it prints is YAML. Nobody knows what it does, so it runs twice. */
export function renderPlugin(
  request: RenderRequest,
  inputs: JobInputs,
  plugin: RendererPlugin,
  sandbox: Sandbox,
  temporaryFolder: string,
): Promise<ToolOutcome> {
  return withJobFolder(temporaryFolder, inputs.contents, (folder) => {
    const job = {
      binary: plugin.program,
      arguments: plugin.arguments,
      readable: plugin.readable,
      workingFolder: request.source.path,
      folder,
      signal: request.signal,
    }
    return renderTwice(request, () => runTool(sandbox, job, request))
  })
}

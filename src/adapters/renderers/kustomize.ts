import { join } from 'node:path'
import type { RenderRequest } from '../../ports/renderer.ts'
import { type JobInputs, withJobFolder } from './job.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'
import type { Sandbox } from './sandbox.ts'

/** `kubectl kustomize <folder>`: no plug-ins, no helm, and the load restrictor as kustomize has it by default. */
export function renderKustomize(
  request: RenderRequest,
  inputs: JobInputs,
  kubectl: string,
  sandbox: Sandbox,
  temporaryFolder: string,
): Promise<ToolOutcome> {
  return withJobFolder(temporaryFolder, inputs.contents, (folder) => {
    const target = join(sandbox.jobFolder(folder), 'files', request.source.path)
    return runTool(
      sandbox,
      { binary: kubectl, arguments: ['kustomize', target], folder, signal: request.signal },
      request,
    )
  })
}

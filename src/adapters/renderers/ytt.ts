import { join } from 'node:path'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import { type JobInputs, withJobFolder } from './job.ts'
import type { OptionalTool } from './optional-tools.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'
import type { Sandbox } from './sandbox.ts'

/** `ytt -f <folder>`, with the values files that the configuration names. */
export function renderYtt(
  request: RenderRequest,
  inputs: JobInputs,
  tool: OptionalTool,
  sandbox: Sandbox,
  temporaryFolder: string,
): Promise<ToolOutcome> {
  return withJobFolder(temporaryFolder, inputs.contents, (folder) => {
    const arguments_ = yttArguments(request.source, sandbox.jobFolder(folder))
    return runTool(
      sandbox,
      { binary: tool.binary, arguments: arguments_, folder, signal: request.signal },
      request,
    )
  })
}

function yttArguments(source: RenderSource, jobFolder: string): string[] {
  const at = (path: string) => join(jobFolder, 'files', path)
  return ['-f', at(source.path), ...source.valueFiles.flatMap((file) => ['--data-values-file', at(file)])]
}

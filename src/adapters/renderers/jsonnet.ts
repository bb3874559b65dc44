// Reads manifests with the pure features of rendering, so that discovery and rendering judge files alike.
import { join } from 'node:path'
import type { RenderSource } from '../../domain/rendered-target.ts'
import { readJsonnetOutput } from '../../features/rendering/read-jsonnet-output.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import { type JobInputs, withJobFolder } from './job.ts'
import type { OptionalTool } from './optional-tools.ts'
import { renderPlain } from './plain.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'
import type { Sandbox } from './sandbox.ts'

/** `jsonnet` over each of the source's `.jsonnet` files, and the plain objects beside them. */
export function renderJsonnet(
  request: RenderRequest,
  inputs: JobInputs,
  tool: OptionalTool,
  sandbox: Sandbox,
  temporaryFolder: string,
): Promise<ToolOutcome> {
  const { source, signal } = request
  const programs = source.files.filter((path) => path.endsWith('.jsonnet'))
  const manifests = source.files.filter((path) => !path.endsWith('.jsonnet'))
  return withJobFolder(temporaryFolder, inputs.contents, async (folder) => {
    const parts = [renderPlain({ ...request, source: { ...source, files: manifests } }, inputs)]
    for (const program of programs) {
      const job = {
        binary: tool.binary,
        arguments: jsonnetArguments(source, program, sandbox.jobFolder(folder)),
        folder,
        signal,
      }
      parts.push(await runTool(sandbox, job, request, readJsonnetOutput))
    }
    return {
      objects: parts.flatMap((part) => part.objects),
      problems: parts.flatMap((part) => part.problems),
      isRepeatable: parts.every((part) => part.isRepeatable),
    }
  })
}

/** A variable always has its value beside it: without one Jsonnet would read the environment. */
export function jsonnetArguments(source: RenderSource, program: string, jobFolder: string): string[] {
  const at = (path: string) => join(jobFolder, 'files', path)
  const { topLevel, external, libraries } = source.jsonnet ?? { topLevel: [], external: [], libraries: [] }
  return [
    ...[source.path, ...libraries].flatMap((folder) => ['-J', at(folder)]),
    ...topLevel.flatMap(({ name, value, isCode }) => [
      `--tla-${isCode ? 'code' : 'str'}`,
      `${name}=${value}`,
    ]),
    ...external.flatMap(({ name, value, isCode }) => [
      `--ext-${isCode ? 'code' : 'str'}`,
      `${name}=${value}`,
    ]),
    at(program),
  ]
}

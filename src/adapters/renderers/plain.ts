// Reads manifests with the pure features of rendering, so that discovery and rendering judge files alike.
import { readManifests } from '../../features/rendering/read-manifests.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import type { JobInputs } from './job.ts'
import type { ToolOutcome } from './run-tool.ts'

/** The objects of the source's files, in the order of the files; none at all where one of them cannot be read. */
export function renderPlain(request: RenderRequest, inputs: JobInputs): ToolOutcome {
  const parts = request.source.files.map((path) => readManifests(inputs.files.text(path) ?? '', path))
  const problems = parts.flatMap((part) => part.problems)
  const isReadable = problems.every(({ code }) => code !== 'YAML_INVALID')
  const objects = parts.flatMap((part) => part.objects.map(({ object }) => object))
  return { objects: isReadable ? objects : [], problems, isRepeatable: true }
}

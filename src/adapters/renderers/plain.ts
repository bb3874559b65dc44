// Reads manifests with the pure features of rendering, so that discovery and rendering judge files alike.
import { readManifests } from '../../features/rendering/read-manifests.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import type { JobInputs } from './job.ts'
import type { ToolOutcome } from './run-tool.ts'

/** The objects of the source's files, in the order of the files. */
export function renderPlain(request: RenderRequest, inputs: JobInputs): ToolOutcome {
  const parts = request.source.files.map((path) => readManifests(inputs.files.text(path) ?? '', path))
  return {
    objects: parts.flatMap((part) => part.objects.map(({ object }) => object)),
    problems: parts.flatMap((part) => part.problems),
    isRepeatable: true,
  }
}

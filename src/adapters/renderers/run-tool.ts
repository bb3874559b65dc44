// Reads manifests with the pure features of rendering, so that discovery and rendering judge files alike.
import { readManifests } from '../../features/rendering/read-manifests.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { RenderOutcome, RenderRequest } from '../../ports/renderer.ts'
import type { Sandbox, SandboxJob } from './sandbox.ts'
import { toolProblem } from './tool-problem.ts'

/** An outcome, and whether it depends on nothing but the inputs (a time limit does not), so that it may be kept. */
export interface ToolOutcome extends RenderOutcome {
  isRepeatable: boolean
}

/** Runs a tool and reads the objects it prints, or says in our own words what it refused. */
export async function runTool(
  sandbox: Sandbox,
  job: SandboxJob,
  request: RenderRequest,
  read: typeof readManifests = readManifests,
): Promise<ToolOutcome> {
  const result = await sandbox.run(job)
  if (request.signal?.aborted) {
    throw new AdapterError({
      system: 'renderer',
      operation: 'render',
      target: request.source.path,
      retryable: true,
      message: 'cancelled',
    })
  }
  if (result.exitCode !== 0 || result.exceeded) {
    const stderr = result.stderr
      .replaceAll(`${sandbox.jobFolder(job.folder)}/files/`, '')
      .replaceAll(job.folder, '')
    const { problem, isRepeatable } = toolProblem(request.source, { ...result, stderr }, request.inputs)
    return { objects: [], problems: [problem], isRepeatable }
  }
  const { objects, problems } = read(new TextDecoder().decode(result.stdout), request.source.path, true)
  return {
    objects: objects.map(({ object }) => object),
    // Lines of what a tool printed are nobody's lines.
    problems: problems.map((problem) => ({ ...problem, line: 0 })),
    isRepeatable: true,
  }
}

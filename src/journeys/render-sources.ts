import type { Configuration } from '../domain/configuration.ts'
import type { Problem } from '../domain/problem.ts'
import type { RenderedTarget, Rendering, RenderSource } from '../domain/rendered-target.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { canonicalise, digestOf } from '../features/rendering/canonical.ts'
import { defaultNamespace } from '../features/rendering/default-namespace.ts'
import { inputClosure } from '../features/rendering/input-closure.ts'
import type { GitRepository } from '../ports/git.ts'
import type { Renderer } from '../ports/renderer.ts'

export interface RenderOptions {
  /** False for a fork's content. */
  isTrusted: boolean
  only?: (source: RenderSource) => boolean
  signal?: AbortSignal
  onProgress?(done: number, all: number): void
}

/** Renders sources side by side; targets come in the order of the sources. */
export async function renderSources(
  renderer: Renderer,
  repository: GitRepository,
  files: RepositoryFiles,
  sources: readonly RenderSource[],
  configuration: Configuration,
  options: RenderOptions,
): Promise<Rendering> {
  let done = 0
  options.onProgress?.(0, sources.length)
  const parts = await Promise.all(
    sources.map(async (source) => {
      const part = await renderSource(renderer, repository, files, source, configuration, options)
      done += 1
      options.onProgress?.(done, sources.length)
      return part
    }),
  )
  return {
    revision: files.tree.id,
    targets: parts.flatMap((part) => part.targets),
    problems: withoutRepeats(parts.flatMap((part) => part.problems)),
  }
}

async function renderSource(
  renderer: Renderer,
  repository: GitRepository,
  files: RepositoryFiles,
  source: RenderSource,
  configuration: Configuration,
  options: RenderOptions,
): Promise<{ targets: RenderedTarget[]; problems: Problem[] }> {
  const closure = inputClosure(source, files)
  if (closure.problems.length > 0) return { targets: [], problems: closure.problems }
  const outcome = await renderer.render({
    repository,
    tree: files.tree,
    source,
    inputs: closure.paths,
    isTrusted: options.isTrusted,
    signal: options.signal,
  })
  if (outcome.objects.length === 0 && outcome.problems.length > 0) {
    return { targets: [], problems: outcome.problems }
  }
  const { objects, problems } = canonicalise(defaultNamespace(outcome.objects, source, configuration))
  const digest = digestOf(objects)
  const { application, environment } = source
  return {
    targets: source.clusters.map((cluster) => ({
      target: { application, environment, cluster },
      source: source.path,
      objects,
      digest,
    })),
    problems: [...outcome.problems, ...problems.map((problem) => ({ ...problem, path: source.path }))],
  }
}

/** Two sources that share a broken base would tell the same twice. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]))
  return [...seen.values()]
}

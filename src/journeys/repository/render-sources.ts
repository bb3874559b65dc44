import type { Configuration } from '../../domain/configuration.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import { type Problem, uniqueProblems } from '../../domain/problem.ts'
import type { RenderedTarget, Rendering, RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { canonicalise, digestOf } from '../../features/rendering/canonical.ts'
import { setCommonMetadata } from '../../features/rendering/common-metadata.ts'
import { defaultNamespace } from '../../features/rendering/default-namespace.ts'
import { largeKustomization } from '../../features/rendering/input-rules.ts'
import { inputClosure } from '../../features/rendering/input-closure.ts'
import { keepDocuments } from '../../features/secrets/keep-documents.ts'
import { substituteObjects } from '../../features/substitution/substitute-objects.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { Renderer } from '../../ports/renderer.ts'

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
    problems: uniqueProblems(parts.flatMap((part) => part.problems)),
    notices: uniqueProblems(parts.flatMap((part) => part.notices)),
    unrendered: sources.filter((_, index) => parts[index]?.targets.length === 0).flatMap(targetsOf),
  }
}

async function renderSource(
  renderer: Renderer,
  repository: GitRepository,
  files: RepositoryFiles,
  source: RenderSource,
  configuration: Configuration,
  options: RenderOptions,
): Promise<{ targets: RenderedTarget[]; problems: Problem[]; notices: Problem[] }> {
  const closure = inputClosure(source, files)
  if (closure.problems.length > 0) return { targets: [], problems: closure.problems, notices: [] }
  const outcome = await renderer.render({
    repository,
    tree: files.tree,
    source,
    inputs: closure.paths,
    isTrusted: options.isTrusted,
    signal: options.signal,
  })
  if (outcome.objects.length === 0 && outcome.problems.length > 0) {
    return { targets: [], problems: outcome.problems, notices: [] }
  }
  const filled = fillIn(outcome.objects, source)
  // A chart's definitions go without, so its renderer has set them already.
  const common = source.renderer === 'helm' ? undefined : source.commonMetadata
  const finished = setCommonMetadata(filled.objects, common)
  const texts = () => closure.paths.flatMap((path) => textOf(files, path))
  const kept = keepDocuments(defaultNamespace(finished, source, configuration), texts, source.path)
  const { objects, problems } = canonicalise(kept.objects)
  const digest = digestOf(objects)
  const unknown = filled.notices[0]?.message
  return {
    targets: targetsOf(source).map(({ target, source: path }) => {
      const dependsOn = source.after?.find(({ cluster }) => cluster === target.cluster)?.targets
      return {
        target,
        source: path,
        objects,
        digest,
        ...(dependsOn && { dependsOn }),
        ...(source.conflicts && { conflicts: source.conflicts }),
        ...(unknown && { unknown }),
      }
    }),
    problems: [
      ...outcome.problems,
      ...filled.problems,
      ...kept.problems,
      ...problems.map((problem) => ({ ...problem, path: source.path })),
    ],
    notices: [...filled.notices, ...largeKustomization(source, outcome.objects.length)],
  }
}

function textOf(files: RepositoryFiles, path: string): [string, string][] {
  const text = files.text(path)
  return text === undefined ? [] : [[path, text]]
}

function fillIn(objects: readonly KubernetesObject[], { substitution, path }: RenderSource) {
  if (!substitution) return { objects, problems: [], notices: [] }
  return substituteObjects(objects, substitution, path)
}

function targetsOf({ application, environment, clusters, path }: RenderSource) {
  return clusters.map((cluster) => ({ target: { application, environment, cluster }, source: path }))
}

// Sets metadata with the pure feature of rendering, so that charts and kustomizations get it alike.
import { join } from 'node:path'
import { type KubernetesObject, objectId, objectKey } from '../../domain/kubernetes-object.ts'
import type { KustomizeEdits } from '../../domain/kustomize-edits.ts'
import { setCommonMetadata } from '../../features/rendering/common-metadata.ts'
import { dumpKubernetesYaml } from '../../features/rendering/kubernetes-yaml.ts'
import type { Problem } from '../../domain/problem.ts'
import type { RenderRequest } from '../../ports/renderer.ts'
import { withJobFolder } from './job.ts'
import { runTool, type ToolOutcome } from './run-tool.ts'
import type { Sandbox } from './sandbox.ts'

export interface PostRenderTools {
  kubectl: string
  sandbox: Sandbox
  temporaryFolder: string
}

/**
 * What Flux makes of a chart's objects: kustomizations over them, one after the other, then labels and annotations for all.
 * Hooks take part; definitions of the chart's `crds/` do not. `whole` is the chart with them, `charted` without.
 * Source: fluxcd/helm-controller, internal/postrender.
 */
export async function postRender(
  request: RenderRequest,
  whole: ToolOutcome,
  charted: ToolOutcome,
  tools: PostRenderTools,
): Promise<ToolOutcome> {
  const own = new Set(charted.objects.map(keyOf))
  const definitions = whole.objects.filter((object) => !own.has(keyOf(object)))
  let outcome = charted
  for (const edits of request.source.postRenderers ?? []) {
    outcome = await kustomizeOver(outcome.objects, edits, request, tools)
    if (outcome.problems.length > 0) return { ...outcome, problems: outcome.problems.map(inPostRenderer) }
  }
  const objects = setCommonMetadata(outcome.objects, request.source.commonMetadata)
  return { ...outcome, objects: [...definitions, ...objects] }
}

function inPostRenderer(problem: Problem): Problem {
  return {
    ...problem,
    code: 'POST_RENDERER_FAILED',
    fix: 'correct `spec.postRenderers` of the HelmRelease that delivers the chart',
  }
}

function kustomizeOver(
  objects: readonly KubernetesObject[],
  { images, patches }: Pick<KustomizeEdits, 'images' | 'patches'>,
  request: RenderRequest,
  { kubectl, sandbox, temporaryFolder }: PostRenderTools,
): Promise<ToolOutcome> {
  const output = 'helm-output.yaml'
  const texts = {
    [output]: objects.map((object) => dumpKubernetesYaml(object)).join('---\n'),
    'kustomization.yaml': dumpKubernetesYaml({ resources: [output], images, patches }, { skipInvalid: true }),
  }
  const encoder = new TextEncoder()
  const contents = new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]))
  return withJobFolder(temporaryFolder, contents, (folder) => {
    const target = join(sandbox.jobFolder(folder), 'files')
    return runTool(
      sandbox,
      { binary: kubectl, arguments: ['kustomize', target], folder, signal: request.signal },
      request,
    )
  })
}

function keyOf(object: KubernetesObject): string {
  return objectKey(objectId(object))
}

import type { KubernetesObject } from '../domain/kubernetes-object.ts'
import type { Problem } from '../domain/problem.ts'
import type { RenderSource } from '../domain/rendered-target.ts'
import type { GitTree } from '../domain/repository-files.ts'
import type { GitRepository } from './git.ts'

/** Renders with the official tools, in a sandbox, from git objects. Equal inputs are rendered once. */
export interface Renderer {
  /**
   * `inputs`: the paths of the tree the render may read (its input closure); nothing else is materialised.
   * `isTrusted` false (a fork's content) is refused where there is no sandbox.
   */
  render(request: RenderRequest): Promise<RenderOutcome>
  /** Tool versions and the sandbox in use, for `doctor` and for cache keys. */
  describe(): Promise<RendererDescription>
}

export interface RenderRequest {
  repository: GitRepository
  tree: GitTree
  source: RenderSource
  inputs: readonly string[]
  isTrusted: boolean
  signal?: AbortSignal
}

/** Objects as the tool printed them (not yet canonical), or what went wrong. */
export interface RenderOutcome {
  objects: KubernetesObject[]
  problems: Problem[]
}

export interface RendererDescription {
  kubectl: string
  kustomize: string
  helm: string
  /** Name → version of what else renders here: Jsonnet, ytt, the operator's plug-ins. */
  others: Record<string, string>
  sandbox: { kind: 'bubblewrap' | 'limits-only'; detail: string }
}

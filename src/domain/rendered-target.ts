import type { ChartPin, RemoteChart } from './chart-pin.ts'
import type { ConflictRule } from './configuration.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import type { HelmSettings } from './helm-settings.ts'
import type { KustomizeEdits } from './kustomize-edits.ts'
import type { Problem } from './problem.ts'
import type { Sha, Target } from './refs.ts'
import type { Substitution } from './substitution.ts'

export const rendererNames = ['kustomize', 'helm', 'plain', 'jsonnet', 'ytt', 'plugin'] as const
export type RendererName = (typeof rendererNames)[number]

/**
 * Something in the repository that renders to objects, found by discovery.
 * One source serves one or more clusters of its environment.
 */
export interface RenderSource {
  application: string
  environment: string
  clusters: string[]
  renderer: RendererName
  /**
   * The folder, chart or object it comes from, relative to the repository's root; '.' is the root itself. For a chart of
   * another host the file that delivers it.
   */
  path: string
  /** Helm: values files, in order, relative to the repository's root. */
  valueFiles: string[]
  /** Helm: the release's name; `application` where nothing says otherwise. */
  releaseName?: string
  /** Helm: inline values of an Argo CD Application or a HelmRelease, applied after the files. */
  values?: Record<string, unknown>
  /** Helm: without the definitions in the chart's `crds/`. */
  isWithoutCrds?: boolean
  /** Helm: allowed charts of other hosts that the chart depends on; put beside it when rendering. */
  charts?: ChartPin[]
  /** Helm: the chart itself, where it is one of another host. */
  remoteChart?: RemoteChart
  /** Helm: what charts are told about the cluster; see `Environment.kubernetes`. */
  kubernetes?: KubernetesFacts
  /** Jsonnet: variables and library folders. */
  jsonnet?: JsonnetSettings
  /** Plug-in: its name in the operator's settings. */
  plugin?: string
  /** Plug-in: patterns of further files that it reads, from the repository's root. */
  inputs?: string[]
  helm?: HelmSettings
  /** Helm: `replaced` where the values files take the whole place of the chart's own values.yaml. */
  chartValues?: 'replaced'
  /** Helm: kustomizations that Flux puts over what the chart renders to, one after the other. */
  postRenderers?: Pick<KustomizeEdits, 'images' | 'patches'>[]
  /** Kustomize: what the delivering tool writes into the folder's kustomization before it builds. */
  edits?: KustomizeEdits
  /** Flux: variables of `postBuild`, put into the text of every object that was rendered. */
  substitution?: Substitution
  /** Flux: labels and annotations that every object gets last of all. */
  commonMetadata?: { labels: Record<string, string>; annotations: Record<string, string> }
  /** Flux: the names of what is delivered before this, as `namespace/name` where a namespace is named. */
  dependsOn?: string[]
  /** Flux: what delivers it, as others' `dependsOn` name it: `Kustomization/apps`, with the namespace where one is named. */
  deliveredAs?: string
  /** By cluster: the targets that must be healthy before this is applied there. */
  after?: { cluster: string; targets: Target[] }[]
  conflicts?: ConflictRule[]
  /** The namespace for objects that name none. */
  namespace?: string
  /** Plain: the files to read, relative to the repository's root. Empty for other renderers. */
  files: string[]
  /** Why discovery took this for a source, for `discover` and for people. */
  because: string
}

/** What a chart may ask about the cluster it is rendered for. */
export interface KubernetesFacts {
  /** `1.34.2`; the renderer's own where nothing says otherwise. */
  version?: string
  /** `group/version` or `group/version/Kind`, besides those of Kubernetes itself. */
  apiVersions: string[]
}

export interface JsonnetSettings {
  topLevel: JsonnetVariable[]
  external: JsonnetVariable[]
  /** Folders in which imports are looked for, relative to the repository's root, the first found wins. */
  libraries: string[]
}

export interface JsonnetVariable {
  name: string
  value: string
  /** The value is an expression, not a text. */
  isCode: boolean
}

export interface RenderedTarget {
  target: Target
  /** As RenderSource.path. */
  source: string
  /** Sorted by group, kind, namespace and name; each object once. */
  objects: KubernetesObject[]
  /** The git tree id of the canonical files: what approvals are bound to and what is applied. */
  digest: Sha
  /** Must be healthy before this is applied. */
  dependsOn?: Target[]
  conflicts?: ConflictRule[]
  /** Why it is shown but must never be applied: values that only the cluster knows stand in it as marks. */
  unknown?: string
}

export interface Rendering {
  revision: string
  targets: RenderedTarget[]
  problems: Problem[]
  /** What is left open in what is rendered, such as variables; nobody has to act. Absent where there is nothing to say. */
  notices?: Problem[]
  /** What was found and could not be rendered. Absent: not known, so any problem may be to blame for what is missing. */
  unrendered?: Pick<RenderedTarget, 'target' | 'source'>[]
}

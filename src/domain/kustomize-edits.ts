/**
 * What a delivery tool writes into a folder's kustomization before it is built: `spec.source.kustomize` of an Argo CD
 * Application, or the fields of a Flux Kustomization. Absent fields change nothing.
 */
export interface KustomizeEdits {
  /**
   * Whose rules of editing hold. `argocd` runs `kustomize edit` in a folder that has a kustomization; `flux` merges fields
   * of its own, makes a kustomization up where the folder has none, and lets it read everything in the repository.
   */
  by: 'argocd' | 'flux'
  namespace?: string
  namePrefix?: string
  nameSuffix?: string
  /** As kustomize's `images`: `name` is what is replaced. Argo CD: `*` keeps what the kustomization says. */
  images?: KustomizeImage[]
  /** Argo CD only, as are labels and annotations. */
  replicas?: { name: string; count: number }[]
  /** `isForced`: takes the place of a label that the kustomization has already; without it that is refused. */
  labels?: {
    pairs: Record<string, string>
    includeSelectors: boolean
    includeTemplates: boolean
    isForced?: boolean
  }[]
  annotations?: Record<string, string>
  areAnnotationsForced?: boolean
  /** `patch` is the text of a strategic merge or JSON 6902 patch; `target` as kustomize's selector. */
  patches?: { patch: string; target?: Record<string, string> }[]
  /** Folders of components, relative to the repository's root. */
  components?: string[]
  /** Flux only, as kustomize's field of that name. */
  buildMetadata?: string[]
}

export interface KustomizeImage {
  name: string
  newName?: string
  newTag?: string
  digest?: string
}

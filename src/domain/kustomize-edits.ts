/**
 * What a delivery tool writes into a folder's kustomization before it is built: `spec.source.kustomize` of an Argo CD
 * Application, or the fields of a Flux Kustomization. Absent fields change nothing.
 */
export interface KustomizeEdits {
  namespace?: string
  namePrefix?: string
  nameSuffix?: string
  /** As kustomize's `images`: `name` is what is replaced. */
  images?: KustomizeImage[]
  replicas?: { name: string; count: number }[]
  labels?: { pairs: Record<string, string>; includeSelectors: boolean; includeTemplates: boolean }[]
  annotations?: Record<string, string>
  /** `patch` is the text of a strategic merge or JSON 6902 patch; `target` as kustomize's selector. */
  patches?: { patch: string; target?: Record<string, string> }[]
  /** Folders of components, relative to the repository's root. */
  components?: string[]
}

export interface KustomizeImage {
  name: string
  newName?: string
  newTag?: string
  digest?: string
}

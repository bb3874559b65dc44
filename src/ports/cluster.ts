import type { JsonPatchOperation } from '../domain/json-patch.ts'
import type { KubernetesObject, ObjectId } from '../domain/kubernetes-object.ts'

/** One Kubernetes API server. The same contract suite runs on the emulated cluster and on a real API server. */
export interface Cluster {
  name: string
  /** uid of the kube-system namespace, asked anew each time: tells a replaced cluster under the same name. */
  identity(): Promise<string>
  /**
   * By how many milliseconds, at least, the server's clock is ahead of ours, as its newest answer told; negative: behind.
   * Undefined: it has not answered yet.
   */
  clockSkew(): number | undefined
  /** What the server serves. Refreshed on demand after CRDs change. */
  resources(options?: { refresh?: boolean }): Promise<ApiResource[]>
  get(id: ObjectId): Promise<KubernetesObject | undefined>
  /** All objects of a kind with the labels, across namespaces, with the list's resourceVersion. */
  list(
    kind: { group: string; kind: string },
    labels: LabelQuery,
  ): Promise<{ objects: KubernetesObject[]; resourceVersion: string }>
  /**
   * The first page of what a query selects in one namespace: for what is looked up now and then, and not watched.
   * `denied`: we may not read it. A kind that is not served has none.
   */
  find(kind: { group: string; kind: string }, query: FindQuery): Promise<KubernetesObject[] | 'denied'>
  /** Server-side apply with strict field validation. Expected refusals are values. */
  apply(object: KubernetesObject, options: ApplyOptions): Promise<ApplyResult>
  /**
   * Writes an object whole, whatever is there: for records that are ours alone. The server keeps no book on who wrote which
   * field of it, which is half of what an apply costs there. `isThere`: as far as is known; either way it is written.
   */
  replace(
    object: KubernetesObject,
    options: { fieldManager: string; isThere: boolean },
  ): Promise<ReplaceResult>
  /** Changes what is there. `stale`: a `test` does not hold any more, nothing was changed. */
  patch(
    id: ObjectId,
    operations: JsonPatchOperation[],
    options: { fieldManager: string } & Identity,
  ): Promise<'patched' | 'stale' | 'gone' | 'denied'>
  /**
   * Deletion of the object with this uid only; what it owns goes after it, unless it is orphaned. `denied`: it is there,
   * and we may not.
   */
  delete(
    id: ObjectId,
    uid: string,
    options?: { propagation?: 'Background' | 'Orphan' } & Identity,
  ): Promise<'deleted' | 'gone' | 'replaced' | 'denied'>
  /**
   * Watches until `signal` aborts; resumes after closed connections, restarts from a list after 410.
   * Now and then everything is listed again, whatever the watch said.
   */
  watch(
    kind: { group: string; kind: string },
    labels: LabelQuery,
    handlers: WatchHandlers,
    signal: AbortSignal,
  ): Promise<void>
}

/** By label: its value, or `true` where any value will do. */
export type LabelQuery = Record<string, string | true>

/** Selectors as the API takes them: `app=checkout,tier in (web)`, `involvedObject.uid=…`. Absent: everything. */
export interface FindQuery {
  namespace: string
  labelSelector?: string
  fieldSelector?: string
}

export interface WatchHandlers {
  /** Runs for every object of the first list too (type ADDED). Of a deleted object only metadata is told. */
  onEvent(event: WatchEvent): void
  /** Once, after the first list. */
  onSynced?(): void
  /** The server stopped answering, or answers again. */
  onConnection?(isUp: boolean): void
}

export interface ApiResource {
  group: string
  version: string
  kind: string
  plural: string
  isNamespaced: boolean
  /** Nothing of it is kept, as of a TokenReview, or it cannot be watched. */
  isFleeting?: true
}

export interface Identity {
  /** The user that the API server is asked to take us for: `system:serviceaccount:shop:deployer`. Absent: ourselves. */
  as?: string
}

export interface ApplyOptions extends Identity {
  fieldManager: string
  force: boolean
  dryRun?: boolean
  /** The answer is what was sent, with the metadata that it has now: for half the work where nobody asks for more. */
  isMetadataEnough?: boolean
  /** Only where the object still has this version; `conflict` without conflicts where it does not. */
  resourceVersion?: string
}

export type ApplyResult =
  | { kind: 'applied'; object: KubernetesObject }
  /** Other managers own fields whose value differs. */
  | { kind: 'conflict'; conflicts: { manager: string; field: string }[] }
  /** The server refused the object itself; the message holds no values. */
  | {
      kind: 'invalid'
      fields: string[]
      reason: string
      /** Those of the fields that cannot be changed on what is there. */
      immutable: string[]
    }
  /** Admission or authorisation refused it. */
  | { kind: 'denied'; reason: string }
  /** Its `managedFields` name an API version that is served no longer: the server cannot merge before they are rewritten. */
  | { kind: 'gone-version' }
  /** The kind is not served (yet). */
  | { kind: 'unknown-kind' }

export type ReplaceResult =
  | { kind: 'replaced'; object: KubernetesObject }
  /** Its namespace is not there. */
  | { kind: 'no-namespace' }
  | { kind: 'denied'; reason: string }

export type WatchEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubernetesObject }

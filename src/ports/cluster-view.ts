import type { KubernetesObject, ObjectId } from '../domain/kubernetes-object.ts'
import type { LiveObject } from '../domain/live-object.ts'

export type WatchedKinds = readonly { group: string; kind: string }[]

/**
 * What is live of ours on one cluster. Watches keep it, so that asking costs no request. Ours is whatever carries the
 * owner's label, of any repository and environment.
 */
export interface ClusterView {
  /**
   * Answers once these kinds are watched and their first lists are in; kinds that are not served hold nothing.
   * Throws where the cluster has not answered for a while about one of them: what is known of it is old then.
   */
  follow(kinds: WatchedKinds): Promise<void>
  /**
   * Follows every kind of which anything was applied by us, whether or not a record names it. Answers those that nothing is
   * known of now, because their server does not answer.
   */
  followOwned(): Promise<WatchedKinds>
  /** By object key. Undefined: nothing of ours is there. */
  get(key: string): LiveObject | undefined
  /** By object key: the uid of the Job that went after it had completed. Undefined: none did, or another came since. */
  completed(key: string): string | undefined
  /** All with these ownership labels. */
  owned(labels: Record<string, string>): LiveObject[]
  /** An inventory, whole. */
  inventory(id: ObjectId): KubernetesObject | undefined
  /** The server's answer to a write of ours: known at once, and older events of the object count no more. */
  note(object: KubernetesObject): LiveObject
}

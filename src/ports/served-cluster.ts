import type { ClusterGuard } from './cluster-guard.ts'
import type { ClusterView } from './cluster-view.ts'
import type { Cluster } from './cluster.ts'

/** A cluster that is written to from here: the connection, what is live on it, and whether it is the one that is meant. */
export interface ServedCluster {
  cluster: Cluster
  /** What is live of ours on `cluster`. */
  view: ClusterView
  /** Absent: the cluster is believed to be the one that is meant. */
  guard?: ClusterGuard
}

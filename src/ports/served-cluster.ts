import type { AuditEntry } from '../domain/audit.ts'
import type { Target } from '../domain/refs.ts'
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
  /** Something was done to a target there, or refused. */
  onDeed?(target: Target, entry: AuditEntry): void
}

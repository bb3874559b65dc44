import { type ServiceAccount, userOf } from '../../domain/tenant.ts'
import type { Cluster } from '../../ports/cluster.ts'

/** The same cluster, written to as somebody else: what a release holds is applied and deleted with its tenant's rights. */
export function actAs(cluster: Cluster, identity: ServiceAccount | undefined): Cluster {
  if (identity === undefined) return cluster
  const as = userOf(identity)
  return {
    ...cluster,
    apply: (object, options) => cluster.apply(object, { ...options, as }),
    patch: (id, operations, options) => cluster.patch(id, operations, { ...options, as }),
    delete: (id, uid, options) => cluster.delete(id, uid, { ...options, as }),
  }
}

import { AdapterError } from '../ports/adapter-error.ts'
import type { Cluster } from '../ports/cluster.ts'

/** The cluster, on which nothing is written any more once `mayWrite` says no; reads go on. */
export function fenceCluster(cluster: Cluster, mayWrite: () => boolean): Cluster {
  const refuse = (operation: string) =>
    new AdapterError({
      system: 'kubernetes',
      operation,
      target: cluster.name,
      retryable: true,
      message: 'the lease on this cluster was lost: another agent may be writing',
    })
  return {
    ...cluster,
    async apply(object, options) {
      if (!mayWrite() && !options.dryRun) throw refuse('apply')
      return cluster.apply(object, options)
    },
    async replace(...parameters) {
      if (!mayWrite()) throw refuse('replace')
      return cluster.replace(...parameters)
    },
    async patch(...parameters) {
      if (!mayWrite()) throw refuse('patch')
      return cluster.patch(...parameters)
    },
    async delete(...parameters) {
      if (!mayWrite()) throw refuse('delete')
      return cluster.delete(...parameters)
    },
  }
}

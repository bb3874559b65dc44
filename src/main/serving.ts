import type { HintStreams } from '../app/hint-streams.ts'
import type { Configuration } from '../domain/configuration.ts'
import type { RepositoryRef } from '../domain/refs.ts'
import type { Ports } from '../journeys/ports.ts'
import type { ServedCluster } from '../ports/served-cluster.ts'

export interface ServingOptions {
  /** The base branch's; undefined where there is none. */
  configuration(repository: RepositoryRef): Promise<Pick<Configuration, 'clusters'> | undefined>
  /** By the name of the operator's kubeconfig. */
  byKubeconfig(name: string): ServedCluster | undefined
  /** By the Secret of Cluster API. */
  byClusterApi(name: string, place: { management: string; namespace: string }): ServedCluster | undefined
  streams: Pick<HintStreams, 'tell'>
}

/**
 * Who serves a target, as its repository declares it; where an agent does, it is told to look.
 * Never two serve one cluster: where an agent is declared, the operator's kubeconfig of that name is not used.
 */
export function createServe(options: ServingOptions): Ports['serve'] {
  return async (repository, target) => {
    const declared = await options.configuration(repository)
    const served = open(options, declared, target.cluster)
    if (served === undefined) options.streams.tell(repository.id, target.environment, target.cluster)
    return served
  }
}

function open(
  options: ServingOptions,
  declared: Pick<Configuration, 'clusters'> | undefined,
  name: string,
): ServedCluster | undefined {
  const access = declared?.clusters?.find((cluster) => cluster.name === name)?.access
  switch (access?.kind) {
    case 'agent':
      return undefined
    case 'cluster-api':
      return options.byClusterApi(name, access)
    case 'kubeconfig':
      return options.byKubeconfig(access.name)
    case undefined:
      return options.byKubeconfig(name)
  }
}

import type { HintStreams } from '../app/hint-streams.ts'
import type { Configuration } from '../domain/configuration.ts'
import type { RepositoryRef, Target } from '../domain/refs.ts'
import type { ClusterGuard } from '../ports/cluster-guard.ts'
import type { ClusterView } from '../ports/cluster-view.ts'
import type { Cluster } from '../ports/cluster.ts'

/** A cluster that is written to from here. */
export interface ServedCluster {
  cluster: Cluster
  view: ClusterView
  guard: ClusterGuard
}

export interface ServingOptions {
  /** The base branch's; undefined where there is none. */
  configuration(repository: RepositoryRef): Promise<Pick<Configuration, 'clusters'> | undefined>
  /** By the name of the operator's kubeconfig. */
  byKubeconfig(name: string): ServedCluster | undefined
  /** By the Secret of Cluster API. */
  byClusterApi(name: string, place: { management: string; namespace: string }): ServedCluster | undefined
  streams: Pick<HintStreams, 'tell'>
}

/** Who serves a target, as its repository declares it. Undefined: an agent does, and is told to look. */
export type Serve = (repository: RepositoryRef, target: Target) => Promise<ServedCluster | undefined>

/** Never two serve one cluster: where an agent is declared, the operator's kubeconfig of that name is not used. */
export function createServe(options: ServingOptions): Serve {
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

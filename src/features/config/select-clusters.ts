import type { ClusterDocument, ClusterItem } from './schema/cluster-schema.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'

/** Declared clusters by name, as written; undefined: an entry with a fault. */
export type WrittenClusters = [name: string, cluster: ClusterDocument | undefined][]

/**
 * The waves of an environment, each item with the names that it stands for. Names that are written out win; labels take, in
 * order, what is left of the clusters that are declared for this environment or for none in particular.
 */
export function selectClusters(
  environment: string,
  { clusters, waves }: Pick<EnvironmentDocument, 'clusters' | 'waves'>,
  declared: WrittenClusters,
): string[][][] {
  const lists = waves ?? [clusters ?? ownClusters(environment, declared)]
  const taken = new Set(lists.flat().filter((item) => typeof item === 'string'))
  const select = (item: ClusterItem): string[] => {
    if (typeof item === 'string') return [item]
    const found = declared
      .filter(([name, cluster]) => !taken.has(name) && cluster && isFor(cluster, environment))
      .filter(([, cluster]) => hasLabels(cluster, item))
      .map(([name]) => name)
    for (const name of found) taken.add(name)
    return found
  }
  return lists.map((wave) => wave.map(select))
}

/** Those that are declared for the environment; where there are none, one of its own name. */
function ownClusters(environment: string, declared: WrittenClusters): string[] {
  const own = declared.filter(([, cluster]) => cluster?.environment === environment).map(([name]) => name)
  return own.length > 0 ? own : [environment]
}

function isFor(cluster: ClusterDocument, environment: string): boolean {
  return cluster.environment === undefined || cluster.environment === environment
}

function hasLabels(cluster: ClusterDocument | undefined, wanted: Record<string, string>): boolean {
  const labels = labelsOf(cluster)
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}

/** The region is a label like any other. */
export function labelsOf(cluster: ClusterDocument | undefined): Record<string, string> {
  const { labels = {}, region } = cluster ?? {}
  return { ...labels, ...(region !== undefined && { region }) }
}

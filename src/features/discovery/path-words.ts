/** Words that name a stage by themselves, in the spellings people use for folders and values files. */
const environmentWords = new Set(
  (
    'dev develop development test testing qa uat sit int integration stage staging stg preview ' +
    'preprod pre-prod preproduction pre-production nonprod non-prod prod production prd live sandbox local demo canary'
  ).split(' '),
)

/** Folders whose children are environments, or clusters. */
const environmentParents = new Set([
  'overlays',
  'overlay',
  'environments',
  'environment',
  'envs',
  'env',
  'stages',
])
const clusterParents = new Set(['clusters', 'cluster'])

/** Folder names that say how something is stored, not what it is. */
const structuralWords = new Set(
  (
    'base bases k8s kubernetes kube manifest manifests kustomize kustomization deploy deployment deployments ' +
    'app apps application applications chart charts helm helm-chart helm-charts resources yaml yamls src ' +
    'variants components release releases config configs gitops templates'
  ).split(' '),
)

export function isEnvironmentWord(word: string): boolean {
  return environmentWords.has(word.toLowerCase())
}

export interface PathReading {
  /** What the path is about, without the words for environment, cluster and storage. */
  application: string
  /** False where the path has only words for storage, and the name is the best of them. */
  isTelling: boolean
  environment?: string
  cluster?: string
  /** The path without environment and cluster: the same for all environments of one application. */
  stem: string[]
}

/** What a folder's path says by itself; `known` are names from the configuration, which count as they are written. */
export function readPath(
  path: string,
  known: { environments: ReadonlySet<string>; clusterOf: ReadonlyMap<string, string> },
): PathReading {
  const segments = path === '.' ? [] : path.split('/')
  const stem: string[] = []
  let environment: string | undefined
  let cluster: string | undefined
  for (const [index, segment] of segments.entries()) {
    const parent = segments[index - 1] ?? ''
    const isKnownCluster = known.clusterOf.has(segment) && !known.environments.has(segment)
    if (isKnownCluster || clusterParents.has(parent)) {
      cluster = segment
      environment = known.clusterOf.get(segment) ?? (isEnvironmentWord(segment) ? segment : environment)
    } else if (
      known.environments.has(segment) ||
      (environmentParents.has(parent) && !structuralWords.has(segment)) ||
      (known.environments.size === 0 && isEnvironmentWord(segment))
    ) {
      environment = segment
    } else stem.push(segment)
  }
  const telling = stem.findLast((word) => !isStructural(word))
  const application = telling ?? nameOfStorage(stem) ?? stem.at(-1) ?? 'root'
  return { application, isTelling: telling !== undefined, environment, cluster, stem }
}

function isStructural(word: string): boolean {
  return structuralWords.has(word) || environmentParents.has(word) || clusterParents.has(word)
}

/** `apps/production` is about `apps`. */
function nameOfStorage(stem: readonly string[]): string | undefined {
  return stem.findLast((word) => !environmentParents.has(word) && !clusterParents.has(word))
}

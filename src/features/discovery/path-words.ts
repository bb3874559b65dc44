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
const overlayWords = new Set(['overlays', 'overlay'])
const clusterParents = new Set(['clusters', 'cluster'])

/** Folder names that say how something is stored, not what it is. */
const structuralWords = new Set(
  (
    'base bases k8s kubernetes kube manifest manifests kustomize kustomization deploy deployment deployments ' +
    'app apps application applications chart charts helm helm-chart helm-charts resources yaml yamls src ' +
    'variants components release releases config configs gitops templates files'
  ).split(' '),
)

export function isEnvironmentWord(word: string): boolean {
  return environmentWords.has(word.toLowerCase())
}

/** Whether a folder, given by its name or path, is one whose children are environments. */
export function isEnvironmentParent(folder: string): boolean {
  return environmentParents.has(folder.slice(folder.lastIndexOf('/') + 1))
}

/** What names are known to stand for, apart from the words that everybody uses. */
export interface KnownNames {
  /** Of the configuration; they count as they are written. */
  environments: ReadonlySet<string>
  /** Cluster → environment, of the configuration. */
  clusterOf: ReadonlyMap<string, string>
  /** See `clusterFolders`. */
  clusterFolders: ReadonlySet<string>
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

/** What a folder's path says by itself. */
export function readPath(path: string, known: KnownNames): PathReading {
  const segments = path === '.' ? [] : path.split('/')
  const stem: string[] = []
  let environment: string | undefined
  /** Where the stem would hold the environment, where a folder is called so. */
  let environmentAt: number | undefined
  let cluster: string | undefined
  for (const [index, segment] of segments.entries()) {
    const parent = segments[index - 1] ?? ''
    const isKnownCluster = known.clusterOf.has(segment) && !known.environments.has(segment)
    if (isKnownCluster || clusterParents.has(parent)) {
      cluster = segment
      environment = known.clusterOf.get(segment) ?? (isEnvironmentWord(segment) ? segment : environment)
    } else if (parent === environment && isClusterOfOverlay(segments, index, stem, known)) {
      cluster = segment
    } else if (
      known.environments.has(segment) ||
      (environmentParents.has(parent) && !structuralWords.has(segment)) ||
      (known.environments.size === 0 && isEnvironmentWord(segment))
    ) {
      // Of two words the later one is the environment; the other is what something is called.
      const isOther = environment !== undefined && environment !== segment
      if (isOther && environmentAt !== undefined) stem.splice(environmentAt, 0, environment ?? '')
      environment = segment
      environmentAt = stem.length
    } else stem.push(segment)
  }
  const telling = stem.findLast((word) => !isStructural(word))
  const application = telling ?? nameOfStorage(stem) ?? stem.at(-1) ?? 'root'
  return { application, isTelling: telling !== undefined, environment, cluster, stem }
}

/** The end of `cart/overlays/prod/eu-1`: what stands before the overlays is the application, so this is a cluster. */
function isClusterOfOverlay(
  segments: readonly string[],
  index: number,
  stem: readonly string[],
  known: KnownNames,
): boolean {
  const segment = segments[index] ?? ''
  const isLast = segments.slice(index + 1).every(isStructural)
  const isOverlay = overlayWords.has(segments[index - 2] ?? '') || known.clusterFolders.has(segment)
  return isLast && isOverlay && !isStructural(segment) && stem.some((word) => !isStructural(word))
}

function isStructural(word: string): boolean {
  return structuralWords.has(word) || environmentParents.has(word) || clusterParents.has(word)
}

/** `apps/production` is about `apps`. */
function nameOfStorage(stem: readonly string[]): string | undefined {
  return stem.findLast((word) => !environmentParents.has(word) && !clusterParents.has(word))
}

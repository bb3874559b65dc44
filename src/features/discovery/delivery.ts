import type { RemoteChart } from '../../domain/chart-pin.ts'
import type { HelmSettings } from '../../domain/helm-settings.ts'
import type { KustomizeEdits } from '../../domain/kustomize-edits.ts'
import type {
  JsonnetSettings,
  KubernetesFacts,
  RendererName,
  RenderSource,
} from '../../domain/rendered-target.ts'

/** What an object of Argo CD or Flux says about a folder of this repository: who is delivered from it, and how. */
export interface Delivery {
  application: string
  /** Folder or chart, relative to the repository's root; for a chart of another host as `definedIn`. */
  path: string
  /** The chart, where it is one of another host. */
  remoteChart?: RemoteChart
  /** The file that says so. */
  definedIn: string
  /** Where in that file; 0 where it is not known. */
  line?: number
  /** What the tool takes the folder for; absent where it is whatever the folder holds. */
  renderer?: RendererName
  cluster?: string
  namespace?: string
  releaseName?: string
  valueFiles: string[]
  isMissingValuesIgnored: boolean
  values?: Record<string, unknown>
  isWithoutCrds?: boolean
  kubernetes?: KubernetesFacts
  jsonnet?: JsonnetSettings
  helm?: HelmSettings
  edits?: KustomizeEdits
  /** What the tool does besides, as the source's fields of the same names. */
  extras?: Pick<
    RenderSource,
    'substitution' | 'commonMetadata' | 'dependsOn' | 'deliveredAs' | 'postRenderers' | 'chartValues'
  >
  /** Plain folders: files of sub-folders belong too. */
  isRecursive: boolean
  /** Plain folders: whether a file belongs, by its path from the root. */
  takesFile?: (path: string) => boolean
  because: string
}

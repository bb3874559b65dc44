import type { JsonnetSettings, KubernetesFacts } from '../../domain/rendered-target.ts'

/** What an object of Argo CD or Flux says about a folder of this repository: who is delivered from it, and how. */
export interface Delivery {
  application: string
  /** Folder or chart, relative to the repository's root. */
  path: string
  /** The file that says so. */
  definedIn: string
  cluster?: string
  namespace?: string
  releaseName?: string
  valueFiles: string[]
  isMissingValuesIgnored: boolean
  values?: Record<string, unknown>
  isWithoutCrds?: boolean
  kubernetes?: KubernetesFacts
  jsonnet?: JsonnetSettings
  /** Plain folders: files of sub-folders belong too. */
  isRecursive: boolean
  because: string
}

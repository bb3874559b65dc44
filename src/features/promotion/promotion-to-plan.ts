import type { Promoted } from '../../domain/configuration.ts'
import type { KubernetesObject } from '../../domain/kubernetes-object.ts'
import type { Pin } from '../../domain/release.ts'
import type { PinnedVersions } from './promoted-versions.ts'
import type { GitEntry } from '../../domain/repository-files.ts'

/** One application in one environment. */
export interface PromotionSide {
  environment: string
  /** The application's folder. */
  folder: string
  objects: KubernetesObject[]
  /** Text of the files that only it renders from, byte order marks included: nothing shared with other environments. */
  files: ReadonlyMap<string, string>
  /** Everything in its folder. */
  entries: readonly GitEntry[]
}

/** What of it the files say. */
export type PromotionFiles = Omit<PromotionSide, 'objects'>

export interface PromotionToPlan {
  application: string
  promoted: readonly Promoted[]
  /** At the revision that runs there. */
  source: PromotionSide
  target: PromotionSide & {
    /** Helm: values files, relative to the repository's root. */
    valueFiles: string[]
    /** Files that something else renders from as well. */
    shared: ReadonlySet<string>
    pins: Pin[]
    /** What pins keep out besides images. */
    pinned: PinnedVersions[]
  }
  isAutomatic: boolean
}

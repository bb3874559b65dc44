import type { Configuration } from '../../domain/configuration.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { discover } from '../discovery/discover.ts'
import { inputClosure } from '../rendering/input-closure.ts'

export interface OwnPaths {
  sources: RenderSource[]
  /** Files that only this application in this environment renders from: what a promotion or a revert may edit. */
  paths: string[]
}

/** The files that belong to one application in one environment alone; a shared base is nobody's own. */
export function ownPaths(
  files: RepositoryFiles,
  configuration: Configuration,
  application: string,
  environment: string,
): OwnPaths {
  const { sources } = discover(files, configuration)
  const isOwn = (source: RenderSource) =>
    source.application === application && source.environment === environment
  const shared = new Set(
    sources.filter((source) => !isOwn(source)).flatMap((source) => inputClosure(source, files).paths),
  )
  const own = sources.filter(isOwn)
  const paths = new Set(
    own.flatMap((source) => inputClosure(source, files).paths).filter((path) => !shared.has(path)),
  )
  return { sources: own, paths: [...paths].toSorted() }
}

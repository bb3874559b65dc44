import type { Configuration } from '../../domain/configuration.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { discover } from '../discovery/discover.ts'
import { inputClosure } from '../rendering/input-closure.ts'

export interface OwnPaths {
  sources: RenderSource[]
  /** Files that only this application in this environment renders from: what a promotion or a revert may edit. */
  paths: string[]
  /** Files that something else renders from. */
  shared: ReadonlySet<string>
  /** Files that it renders from, and something else too: a base. */
  joint: string[]
}

/** The files that belong to one application in one environment alone; a shared base is nobody's own. */
export function ownPaths(
  files: RepositoryFiles,
  configuration: Configuration,
  application: string,
  environment: string,
): OwnPaths {
  const { sources } = discover(files, configuration)
  const valueFiles = new Set(sources.flatMap((source) => source.valueFiles))
  const pathsOf = (source: RenderSource) => [
    ...inputClosure(source, files).paths.filter((path) => isRead(source, path, valueFiles)),
    // The object that delivers a chart of another host says its version.
    ...(source.remoteChart ? [source.path] : []),
  ]
  const [own, others] = [sources.filter(isOwn), sources.filter((source) => !isOwn(source))]
  const shared = new Set(others.flatMap(pathsOf))
  const read = [...new Set(own.flatMap(pathsOf))].toSorted()
  return {
    sources: own,
    paths: read.filter((path) => !shared.has(path)),
    shared,
    joint: read.filter((path) => shared.has(path)),
  }

  function isOwn(source: RenderSource): boolean {
    return source.application === application && source.environment === environment
  }
}

/** A chart's folder counts whole as its input, and so do values files in it that only other environments name. */
function isRead(source: RenderSource, path: string, valueFiles: ReadonlySet<string>): boolean {
  const isOfOthers = valueFiles.has(path) && !source.valueFiles.includes(path)
  return !isOfOthers || path === `${source.path}/values.yaml`
}

import type { RendererName } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { asMapping } from './fields.ts'
import { Undetermined } from './undetermined.ts'

const explicitTypes = { kustomize: 'kustomize', helm: 'helm', directory: 'plain', plugin: 'plugin' } as const

/**
 * What Argo CD renders a folder with: what the source says, else a kustomization, else a chart, else plain files.
 * Source: Argo CD, types.go ExplicitType; util/app/discovery/discovery.go AppType (the walk meets Chart.yaml first).
 */
export function argoSourceType(
  source: Record<string, unknown>,
  folder: string,
  files: RepositoryFiles,
  index: RepositoryIndex,
): RendererName {
  const named = Object.entries(explicitTypes).filter(([field]) => isGiven(field, source[field]))
  if (named.length > 1)
    throw new Undetermined(`its source is both ${named.map(([field]) => field).join(' and ')}`)
  const explicit = named[0]?.[1]
  if (explicit === 'plugin') throw new Undetermined('its source is rendered by a config management plug-in')
  const type =
    explicit ??
    (index.kustomization(folder) ? 'kustomize' : index.chartFolders.includes(folder) ? 'helm' : 'plain')
  if (type === 'helm' && files.text(joinPath(folder, 'Chart.yaml') ?? '') === undefined) {
    throw new Undetermined(`its source is helm, but ${folder} has no Chart.yaml`)
  }
  if (type === 'kustomize' && !index.kustomization(folder)) {
    throw new Undetermined(`its source is kustomize, but ${folder} has no kustomization`)
  }
  return type
}

/** Argo CD takes an empty mapping for none, save for a plug-in. Source: Argo CD, util/argo/argo.go NormalizeSource. */
function isGiven(field: string, value: unknown): boolean {
  if (field === 'plugin') return typeof value === 'object' && value !== null
  return Object.values(asMapping(value)).some((each) =>
    typeof each === 'object' && each !== null ? Object.keys(each).length > 0 : Boolean(each),
  )
}

import { type Document, isMap, isScalar, isSeq, type Scalar, visit, type YAMLMap } from 'yaml'
import { fileNameOf } from '../rendering/paths.ts'
import { isKustomization } from './carry-images.ts'
import { scalarText } from './edit-yaml.ts'

/** A place that says which version of a chart is delivered. */
export interface ChartPlace {
  /** The chart and where it comes from, the same for the same chart in every environment. */
  chart: string
  version: string
  node: Scalar
}

/** Every chart version that a document says: of Helm, kustomize, Argo CD and Flux. */
export function chartPlaces(path: string, document: Document): ChartPlace[] {
  const file = fileNameOf(path)
  if (file === 'Chart.yaml' || file === 'requirements.yaml')
    return mapsAt(document, 'dependencies').flatMap((entry) =>
      placeIn(entry, 'version', ['repository', 'name', 'alias']),
    )
  if (isKustomization(path))
    return mapsAt(document, 'helmCharts').flatMap((entry) =>
      placeIn(entry, 'version', ['repo', 'name', 'releaseName']),
    )
  const api = String(document.get('apiVersion') ?? '').split('/')[0] ?? ''
  return Object.hasOwn(byApi, api) ? (byApi[api]?.(document) ?? []) : []
}

const byApi: Record<string, (document: Document) => ChartPlace[]> = {
  // Application and ApplicationSet: whatever names a chart says its version beside it.
  'argoproj.io': (document) => {
    const places: ChartPlace[] = []
    visit(document, {
      Map(_key, map) {
        if (textAt(map, 'chart') !== '') places.push(...placeIn(map, 'targetRevision', ['repoURL', 'chart']))
      },
    })
    return places
  },
  'helm.toolkit.fluxcd.io': (document) => {
    const spec = mapAt(document, ['spec', 'chart', 'spec'])
    if (!spec) return []
    const source = document.getIn(['spec', 'chart', 'spec', 'sourceRef', 'name'])
    return placeIn(spec, 'version', ['chart'], typeof source === 'string' ? source : '')
  },
  'source.toolkit.fluxcd.io': (document) => {
    const reference = mapAt(document, ['spec', 'ref'])
    const url = document.getIn(['spec', 'url'])
    if (document.get('kind') !== 'OCIRepository' || !reference || typeof url !== 'string') return []
    return ['tag', 'semver'].flatMap((key) => placeIn(reference, key, [], `${url} (${key})`))
  },
}

function placeIn(
  map: YAMLMap,
  versionKey: string,
  nameKeys: readonly string[],
  beginning?: string,
): ChartPlace[] {
  const node = map.get(versionKey, true)
  const version = scalarText(node)
  if (!isScalar(node) || version === undefined || version === '') return []
  const names = nameKeys.map((key) => textAt(map, key))
  const chart = [beginning ?? '', ...names].filter((part) => part !== '').join(' ')
  return [{ chart, version, node }]
}

function mapsAt(document: Document, key: string): YAMLMap[] {
  const list = document.getIn([key], true)
  return isSeq(list) ? list.items.filter(isMap) : []
}

function mapAt(document: Document, path: string[]): YAMLMap | undefined {
  const map = document.getIn(path, true)
  return isMap(map) ? map : undefined
}

function textAt(map: YAMLMap, key: string): string {
  return scalarText(map.get(key, true)) ?? ''
}

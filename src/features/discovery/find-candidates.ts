import type { Configuration } from '../../domain/configuration.ts'
import type { RenderSource } from '../../domain/rendered-target.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { editKustomization } from '../rendering/edit-kustomization.ts'
import { localChartFolder } from '../rendering/helm-charts.ts'
import { isLfsPointer } from '../rendering/input-rules.ts'
import { readKustomization } from '../rendering/kustomization.ts'
import { fileNameOf, folderOf, isWithin, upwards } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import { chooseRenderers } from './choose-renderers.ts'
import { deliveredFolders, isDelivered, plainDeliveries } from './delivered-folders.ts'
import type { Delivery } from './delivery.ts'
import { matchTemplate } from './path-template.ts'
import type { ObjectFile } from './repository-objects.ts'

/** A folder that renders to objects, before it has a name. */
export interface Candidate {
  renderer: RenderSource['renderer']
  path: string
  files: string[]
  delivery?: Delivery
  because: string
}

/** Every folder that renders by itself; where Argo CD or Flux deliver from it, once for each delivery. */
export function findCandidates(
  files: RepositoryFiles,
  index: RepositoryIndex,
  objectFiles: readonly ObjectFile[],
  deliveries: readonly Delivery[],
  configuration: Configuration,
): Candidate[] {
  const isNamed = (folder: string) =>
    configuration.applications.some((rule) => matchTemplate(rule.path, folder) !== undefined)
  const references = referencesOf(files, index, deliveries)
  const charts = chartsOf(index)
  const isInChart = (path: string) => isPartOfChart(path, charts.all)
  const byPath = Map.groupBy(deliveries, (delivery) => delivery.path)

  const kustomize = kustomizeFolders(index, deliveries)
    .filter((folder) => !index.kustomization(folder)?.isComponent || byPath.has(folder))
    .filter((folder) => !references.folders.has(folder) || byPath.has(folder))
    .filter((folder) => !isInChart(folder) || charts.all.has(folder))
    .map((folder): Candidate => ({
      renderer: 'kustomize',
      path: folder,
      files: [],
      because: references.folders.has(folder)
        ? 'a kustomization that is delivered by itself'
        : 'a kustomization that no other refers to',
    }))
  const helm = charts.deployable.map((folder): Candidate => ({
    renderer: 'helm',
    path: folder,
    files: [],
    because: isNamed(folder) ? 'a Helm chart that the configuration names' : 'a Helm chart',
  }))
  const tools = [...kustomize, ...helm].flatMap((candidate) =>
    withDeliveries(candidate, byPath.get(candidate.path) ?? []),
  )
  const outsideCharts = objectFiles
    .map(({ path }) => path)
    .filter((path) => !isInChart(path) && !index.kustomization(folderOf(path)))
  const plain = plainDeliveries(deliveries, index)
  const delivered = deliveredFolders(outsideCharts, plain, index)
  const loose = outsideCharts
    .filter((path) => !references.files.has(path) && !references.partlyUsed.has(folderOf(path)))
    .filter((path) => !isDelivered(path, plain))
  const own = [...tools, ...delivered, ...plainFolders(loose, files)]
  const here = deliveries.filter(({ remoteChart }) => !remoteChart)
  return [...chooseRenderers(own, files, index, here, configuration), ...remoteCharts(deliveries)]
}

/** No folder of the repository is rendered, so no rule about folders says how. */
function remoteCharts(deliveries: readonly Delivery[]): Candidate[] {
  return deliveries
    .filter(({ remoteChart }) => remoteChart)
    .map((delivery) => ({
      renderer: 'helm',
      path: delivery.path,
      files: [],
      delivery,
      because: delivery.because,
    }))
}

/** A folder that is both a chart and a kustomization is what the tool that delivers it takes it for. */
function withDeliveries(candidate: Candidate, here: readonly Delivery[]): Candidate[] {
  if (here.length === 0) return [candidate]
  return here
    .filter(({ renderer }) => renderer === undefined || renderer === candidate.renderer)
    .map((delivery) => ({ ...candidate, delivery, because: delivery.because }))
}

/** Each folder with loose objects is one source. Files of LFS alone may be anything: they are no folder of objects. */
function plainFolders(loose: readonly string[], files: RepositoryFiles): Candidate[] {
  const isPointer = (path: string) => isLfsPointer(files.text(path) ?? '')
  const groups = [...Map.groupBy(loose, folderOf)].filter(([, paths]) => !paths.every(isPointer))
  return groups.map(([folder, paths]) => ({
    renderer: 'plain',
    path: folder,
    files: paths.toSorted(),
    because: `a folder with Kubernetes objects (${paths.length} ${paths.length === 1 ? 'file' : 'files'})`,
  }))
}

/** Flux makes a kustomization up where the folder that it delivers has none. */
function kustomizeFolders(index: RepositoryIndex, deliveries: readonly Delivery[]): string[] {
  const byFlux = deliveries.filter(({ edits }) => edits?.by === 'flux').map(({ path }) => path)
  return [...new Set([...index.kustomizationFolders, ...byFlux])].toSorted()
}

/** The folders and files that kustomizations refer to, by themselves or as what delivers them leaves them. */
function referencesOf(files: RepositoryFiles, index: RepositoryIndex, deliveries: readonly Delivery[]) {
  const folders = new Set<string>()
  const usedFiles = new Set<string>()
  const partlyUsed = new Set<string>()
  const edited = deliveries.flatMap((delivery) => {
    const kustomization = editKustomization(delivery, files, index)
    return kustomization ? [readKustomization(kustomization.path, kustomization.text)] : []
  })
  const own = index.kustomizationFolders.map((folder) => index.kustomization(folder))
  for (const kustomization of [...own, ...edited]) {
    const folder = kustomization?.folder
    for (const { path } of kustomization?.references ?? []) {
      if (path === undefined || path === folder) continue
      if (index.isFolder(path)) folders.add(path)
      if (!index.entry(path)) continue
      usedFiles.add(path)
      partlyUsed.add(folderOf(path))
    }
  }
  return { folders, files: usedFiles, partlyUsed }
}

function chartsOf(index: RepositoryIndex) {
  const all = new Set(index.chartFolders)
  const isVendored = (folder: string) =>
    upwards(folder).some((each) => fileNameOf(each) === 'charts' && all.has(folderOf(each)))
  const inflated = inflatedFolders(index)
  const deployable = index.chartFolders.filter(
    (folder) => !isVendored(folder) && !inflated.has(folder) && index.chart(folder)?.isLibrary === false,
  )
  return { all, deployable }
}

/** Charts of this repository that a kustomization inflates. */
function inflatedFolders(index: RepositoryIndex): Set<string> {
  const folders = index.kustomizationFolders.flatMap((folder) => {
    const kustomization = index.kustomization(folder)
    return (kustomization?.helmCharts ?? []).flatMap(
      ({ settings }) => (kustomization && localChartFolder(settings, kustomization, index)) ?? [],
    )
  })
  return new Set(folders)
}

/** A chart owns its whole folder; at the root of a repository only what Helm itself reads. */
function isPartOfChart(path: string, charts: ReadonlySet<string>): boolean {
  const nearest = nearestWithin(path, charts)
  if (nearest !== undefined && nearest !== '.') return true
  if (nearest === undefined) return false
  return ['templates', 'charts', 'crds'].some((folder) => isWithin(path, folder)) || path === 'values.yaml'
}

/** The innermost of some folders that a path is, or lies in. */
function nearestWithin(path: string, folders: ReadonlySet<string>): string | undefined {
  return folders.size === 0 ? undefined : upwards(path).find((each) => folders.has(each))
}

import {
  entriesByPath,
  type GitEntry,
  type GitTree,
  type RepositoryFiles,
} from '../../domain/repository-files.ts'
import { type Chart, chartNames, readChart } from './chart.ts'
import { type Kustomization, kustomizationNames, readKustomization } from './kustomization.ts'
import { fileNameOf, folderOf, joinPath } from './paths.ts'

/** A revision's paths by folder, its kustomizations and charts, each read once. */
export interface RepositoryIndex {
  entry(path: string): GitEntry | undefined
  /** Direct children that are files, symlinks or submodules. */
  filesIn(folder: string): readonly GitEntry[]
  /** Direct sub-folders, as whole paths. */
  foldersIn(folder: string): readonly string[]
  isFolder(path: string): boolean
  folders: readonly string[]
  /** Everything below, sorted by path. */
  under(folder: string): GitEntry[]
  /** The kustomization of a folder. */
  kustomization(folder: string): Kustomization | undefined
  /** The chart in a folder. */
  chart(folder: string): Chart | undefined
  kustomizationFolders: readonly string[]
  /** Folders that hold a Chart.yaml. */
  chartFolders: readonly string[]
}

// The same files always give the same index, so remembering it changes no answer.
const indexes = new WeakMap<RepositoryFiles, RepositoryIndex>()

export function indexRepository(files: RepositoryFiles): RepositoryIndex {
  const known = indexes.get(files)
  if (known) return known
  const index = buildIndex(files)
  indexes.set(files, index)
  return index
}

function buildIndex(files: RepositoryFiles): RepositoryIndex {
  const entries = entriesByPath(files.tree)
  const { children, subfolders } = foldersOf(files.tree)
  const found = namedFiles(files.tree)
  const kustomizations = new Map<string, Kustomization>()
  for (const [folder, entry] of found.kustomizations) {
    const kustomization = kustomizationIn(entry, files)
    if (kustomization) kustomizations.set(folder, kustomization)
  }
  const under = (folder: string): GitEntry[] => [
    ...(children.get(folder) ?? []),
    ...[...(subfolders.get(folder) ?? [])].flatMap(under),
  ]
  return {
    entry: (path) => entries.get(path),
    filesIn: (folder) => children.get(folder) ?? [],
    foldersIn: (folder) => [...(subfolders.get(folder) ?? [])],
    isFolder: (path) => children.has(path),
    folders: [...children.keys()],
    under,
    kustomization: (folder) => kustomizations.get(folder),
    chart: (folder) => chartIn(folder, files, entries),
    kustomizationFolders: [...kustomizations.keys()].toSorted(),
    chartFolders: found.charts.toSorted(),
  }
}

/** Direct children of every folder: files, and folders as whole paths. */
function foldersOf(tree: GitTree) {
  const children = new Map<string, GitEntry[]>([['.', []]])
  const subfolders = new Map<string, Set<string>>([['.', new Set()]])
  for (const entry of tree.entries) {
    const folder = folderOf(entry.path)
    addFolder(folder, children, subfolders)
    children.get(folder)?.push(entry)
  }
  return { children, subfolders }
}

function addFolder(folder: string, children: Map<string, GitEntry[]>, subfolders: Map<string, Set<string>>) {
  if (children.has(folder)) return
  children.set(folder, [])
  subfolders.set(folder, new Set())
  const parent = folderOf(folder)
  addFolder(parent, children, subfolders)
  subfolders.get(parent)?.add(folder)
}

/** The file of each folder that kustomize would take, and the folders with a chart. */
function namedFiles(tree: GitTree) {
  const kustomizations = new Map<string, GitEntry>()
  const charts: string[] = []
  const rank = (entry: GitEntry) => kustomizationNames.findIndex((name) => name === fileNameOf(entry.path))
  for (const entry of tree.entries) {
    if (fileNameOf(entry.path) === 'Chart.yaml') charts.push(folderOf(entry.path))
    if (rank(entry) < 0) continue
    const folder = folderOf(entry.path)
    const other = kustomizations.get(folder)
    if (!other || rank(entry) < rank(other)) kustomizations.set(folder, entry)
  }
  return { kustomizations, charts }
}

// An entry's id names its content for good, so remembering what was read of it changes no answer.
const readKustomizations = new WeakMap<GitEntry, { kustomization: Kustomization | undefined }>()

function kustomizationIn(entry: GitEntry, files: RepositoryFiles): Kustomization | undefined {
  const known = readKustomizations.get(entry)
  if (known) return known.kustomization
  const text = files.text(entry.path)
  const kustomization = readKustomization(entry.path, text)
  if (text !== undefined) readKustomizations.set(entry, { kustomization })
  return kustomization
}

// The same holds for charts: the two files that say what one is name its content.
const readCharts = new WeakMap<GitEntry, { requirements: GitEntry | undefined; chart: Chart | undefined }>()

function chartIn(
  folder: string,
  files: RepositoryFiles,
  entries: ReadonlyMap<string, GitEntry>,
): Chart | undefined {
  const [entry, requirements] = chartNames.map((name) => entries.get(joinPath(folder, name) ?? name))
  if (!entry) return undefined
  const known = readCharts.get(entry)
  if (known && known.requirements === requirements) return known.chart
  const chart = readChart(folder, files)
  if (files.text(entry.path) !== undefined) readCharts.set(entry, { requirements, chart })
  return chart
}

import type { GitEntry, RepositoryFiles } from '../../domain/repository-files.ts'
import { type Kustomization, kustomizationNames, readKustomization } from './kustomization.ts'
import { folderOf } from './paths.ts'

/** A revision's paths by folder, and its kustomizations, read once. */
export interface RepositoryIndex {
  entry(path: string): GitEntry | undefined
  /** Direct children that are files, symlinks or submodules. */
  filesIn(folder: string): readonly GitEntry[]
  /** Direct sub-folders, as whole paths. */
  foldersIn(folder: string): readonly string[]
  isFolder(path: string): boolean
  /** Everything below, sorted by path. */
  under(folder: string): GitEntry[]
  /** The kustomization of a folder. */
  kustomization(folder: string): Kustomization | undefined
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
  const entries = new Map<string, GitEntry>()
  const children = new Map<string, GitEntry[]>([['.', []]])
  const subfolders = new Map<string, Set<string>>([['.', new Set()]])
  for (const entry of files.tree.entries) {
    entries.set(entry.path, entry)
    const folder = folderOf(entry.path)
    addFolder(folder, children, subfolders)
    children.get(folder)?.push(entry)
  }
  const kustomizations = new Map<string, Kustomization>()
  const chartFolders: string[] = []
  for (const [folder, direct] of children) {
    const file = kustomizationNames
      .map((name) => direct.find((entry) => entry.path === (folder === '.' ? name : `${folder}/${name}`)))
      .find((entry) => entry !== undefined)
    const kustomization = file && readKustomization(file.path, files.text(file.path))
    if (kustomization) kustomizations.set(folder, kustomization)
    if (direct.some((entry) => entry.path === (folder === '.' ? 'Chart.yaml' : `${folder}/Chart.yaml`))) {
      chartFolders.push(folder)
    }
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
    under,
    kustomization: (folder) => kustomizations.get(folder),
    kustomizationFolders: [...kustomizations.keys()].toSorted(),
    chartFolders: chartFolders.toSorted(),
  }
}

function addFolder(folder: string, children: Map<string, GitEntry[]>, subfolders: Map<string, Set<string>>) {
  if (children.has(folder)) return
  children.set(folder, [])
  subfolders.set(folder, new Set())
  const parent = folderOf(folder)
  addFolder(parent, children, subfolders)
  subfolders.get(parent)?.add(folder)
}

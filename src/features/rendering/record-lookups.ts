import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { folderOf } from './paths.ts'
import type { RepositoryIndex } from './repository-index.ts'

/** What a computation asked about a revision. Where none of it differs in another one, it comes to the same answer there. */
export interface Lookups {
  /** Folders of whose own files one or all may have mattered. */
  folders: Set<string>
  /** Folders of which anything at any depth may have mattered. */
  trees: Set<string>
}

/** The same files and index, writing down everything that is asked of them. */
export function recordLookups(files: RepositoryFiles, index: RepositoryIndex) {
  const lookups: Lookups = { folders: new Set(), trees: new Set() }
  const recordedFiles: RepositoryFiles = {
    get tree() {
      lookups.trees.add('.')
      return files.tree
    },
    text(path) {
      lookups.folders.add(folderOf(path))
      return files.text(path)
    },
  }
  const recordedIndex: RepositoryIndex = {
    entry(path) {
      lookups.folders.add(folderOf(path))
      return index.entry(path)
    },
    filesIn(folder) {
      lookups.folders.add(folder)
      return index.filesIn(folder)
    },
    foldersIn(folder) {
      lookups.trees.add(folder)
      return index.foldersIn(folder)
    },
    isFolder(path) {
      lookups.trees.add(path)
      return index.isFolder(path)
    },
    get folders() {
      lookups.trees.add('.')
      return index.folders
    },
    under(folder) {
      lookups.trees.add(folder)
      return index.under(folder)
    },
    kustomization(folder) {
      lookups.folders.add(folder)
      return index.kustomization(folder)
    },
    chart(folder) {
      lookups.folders.add(folder)
      return index.chart(folder)
    },
    get kustomizationFolders() {
      lookups.trees.add('.')
      return index.kustomizationFolders
    },
    get chartFolders() {
      lookups.trees.add('.')
      return index.chartFolders
    },
  }
  return { files: recordedFiles, index: recordedIndex, lookups }
}

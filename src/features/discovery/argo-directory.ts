import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { asText } from './fields.ts'
import { gobwas, matchesPathGlob } from './path-globs.ts'

/** A file that says so is left out. Source: Argo CD, reposerver/repository/repository.go skipFileRenderingMarker. */
const skipMarker = '+argocd:skip-file-rendering'

/**
 * Which files of a plain folder are delivered: `include` and `exclude` are patterns for the path below the folder.
 * Source: Argo CD, reposerver/repository/repository.go getPotentiallyValidManifestFile.
 */
export function argoDirectoryFilter(
  directory: Record<string, unknown>,
  folder: string,
  files: RepositoryFiles,
): (path: string) => boolean {
  const [include, exclude] = [asText(directory.include), asText(directory.exclude)]
  return (path) => {
    const below = folder === '.' ? path : path.slice(folder.length + 1)
    if (exclude !== '' && matchesPathGlob(exclude, below, gobwas)) return false
    if (include !== '' && !matchesPathGlob(include, below, gobwas)) return false
    return !(files.text(path) ?? '').includes(skipMarker)
  }
}

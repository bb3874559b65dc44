import type { RepositoryIndex } from '../rendering/repository-index.ts'

/** The files that kustomizations use as patches, whatever objects they look like. */
export function patchFiles(index: RepositoryIndex): Set<string> {
  const paths = index.kustomizationFolders.flatMap((folder) =>
    (index.kustomization(folder)?.references ?? [])
      .filter(({ field }) => field.startsWith('patches'))
      .flatMap(({ path }) => path ?? []),
  )
  return new Set(paths)
}

import type { RepositoryFiles } from '../../domain/repository-files.ts'

/** The policies of the repository's own folders, without their test cases. */
export function readPolicies(files: RepositoryFiles, folders: readonly string[]): Record<string, string> {
  const paths = files.tree.entries
    .map(({ path }) => path)
    .filter((path) => /\.ya?ml$/.test(path) && !/\.cases\.ya?ml$/.test(path))
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))
  return Object.fromEntries(paths.map((path) => [path, files.text(path) ?? '']))
}

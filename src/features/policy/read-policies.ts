import type { PolicySettings } from '../../domain/configuration.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'

/** The policies besides the shipped ones, by path: of the repository's own folders, and of its organisation. */
export function readPolicies(files: RepositoryFiles, settings: PolicySettings): Record<string, string> {
  const paths = files.tree.entries.map(({ path }) => path)
  const own = paths.filter((path) => isPolicyPath(path, settings.folders))
  return {
    ...settings.ofOrganisation,
    ...Object.fromEntries(own.map((path) => [path, files.text(path) ?? ''])),
  }
}

/** Whether a file of these folders is a policy, and not the test cases of one. */
export function isPolicyPath(path: string, folders: readonly string[]): boolean {
  return (
    /\.ya?ml$/.test(path) &&
    !/\.cases\.ya?ml$/.test(path) &&
    folders.some((folder) => path.startsWith(`${folder}/`))
  )
}

import type { ApplicationRule } from '../../domain/configuration.ts'
import { fileNameOf, joinPath } from '../rendering/paths.ts'
import type { RepositoryIndex } from '../rendering/repository-index.ts'
import type { Candidate } from './find-candidates.ts'
import { isEnvironmentWord } from './path-words.ts'

/** Folders of a chart that hold values by environment. */
const valuesFolders = ['values', 'env', 'envs', 'environments']

/** The environments for which a chart has values files of its own. `configured` decides where it is not empty. */
export function chartEnvironments(
  chart: string,
  index: RepositoryIndex,
  configured: readonly string[],
): string[] {
  const isEnvironment = (name: string) =>
    configured.length > 0 ? configured.includes(name) : isEnvironmentWord(name)
  return [...new Set(conventionalFiles(chart, index).map((file) => file.environment))]
    .filter(isEnvironment)
    .toSorted()
}

/** The values files of a chart in one environment besides its own values.yaml, in the order of precedence. */
export function chartValueFiles(
  candidate: Candidate,
  environment: string,
  rule: ApplicationRule | undefined,
  index: RepositoryIndex,
): string[] {
  if (rule && rule.valueFiles.length > 0) {
    return rule.valueFiles.flatMap(
      (file) => joinPath(candidate.path, file.replaceAll('{environment}', environment)) ?? [],
    )
  }
  if (candidate.delivery) {
    const { valueFiles, isMissingValuesIgnored } = candidate.delivery
    return isMissingValuesIgnored ? valueFiles.filter((file) => index.entry(file)) : valueFiles
  }
  return conventionalFiles(candidate.path, index)
    .filter((file) => file.environment === environment)
    .map((file) => file.path)
    .toSorted()
}

/** `values-prod.yaml`, `values.prod.yaml`, `values_prod.yaml`, `prod-values.yaml`, `values/prod.yaml`, `prod/values.yaml`, `env/prod/values.yaml`. */
function conventionalFiles(chart: string, index: RepositoryIndex): { environment: string; path: string }[] {
  const at = (name: string) => joinPath(chart, name) ?? chart
  const beside = index.filesIn(chart).flatMap(({ path }) => environmentOfName(fileNameOf(path), path))
  const folders = valuesFolders.flatMap((name) =>
    index.filesIn(at(name)).flatMap(({ path }) => {
      const file = fileNameOf(path)
      const plain = /^([\w-]+)\.ya?ml$/.exec(file)?.[1]
      return plain !== undefined && plain !== 'values'
        ? [...environmentOfName(file, path), { environment: plain, path }]
        : environmentOfName(file, path)
    }),
  )
  const parents = [chart, ...valuesFolders.map(at)].flatMap((folder) => index.foldersIn(folder))
  const nested = parents.flatMap((folder) =>
    index
      .filesIn(folder)
      .filter(({ path }) => /^values\.ya?ml$/.test(fileNameOf(path)))
      .map(({ path }) => ({ environment: fileNameOf(folder), path })),
  )
  return [...beside, ...folders, ...nested]
}

function environmentOfName(name: string, path: string): { environment: string; path: string }[] {
  const environment = environmentOfFileName(name)
  return environment === undefined ? [] : [{ environment, path }]
}

/** `values-prod.yaml` and `prod-values.yaml` are about `prod`, if that is an environment. */
export function environmentOfFileName(name: string): string | undefined {
  return /^values[-._]([\w-]+)\.ya?ml$/.exec(name)?.[1] ?? /^([\w-]+)[-._]values\.ya?ml$/.exec(name)?.[1]
}

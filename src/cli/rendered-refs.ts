import type { Sha } from '../domain/refs.ts'
import { readConfiguration } from '../journeys/repository/read-configuration.ts'
import { loadFiles } from '../journeys/repository/render-revision.ts'
import type { GitRepository } from '../ports/git.ts'
import { resolveRevision } from './open-revision.ts'
import { type Given, UsageError } from './subcommand.ts'

/** The rendered refs of a clone: of the environment asked for, or of all that the configuration at HEAD names. */
export async function findRenderedRefs(
  given: Given,
  repository: GitRepository,
): Promise<{ environment: string; tip: Sha }[]> {
  const asked = given.string('environment')
  const names = asked === undefined ? await configuredNames(repository) : [asked]
  const found = await lookForRenderedRefs(names, repository)
  if (found.length > 0) return found
  throw new UsageError(
    `this clone has no branch drawbridge/rendered/${asked ?? '<environment>'}; fetch it: git fetch origin 'refs/heads/drawbridge/*:refs/remotes/origin/drawbridge/*'`,
  )
}

/** Those of the environments that the clone has; none where it has none. */
export async function lookForRenderedRefs(
  names: readonly string[],
  repository: GitRepository,
): Promise<{ environment: string; tip: Sha }[]> {
  const found = await Promise.all(
    names.map(async (environment) => {
      const branch = `drawbridge/rendered/${environment}`
      const tip =
        (await repository.resolve(`refs/heads/${branch}`)) ??
        (await repository.resolve(`refs/remotes/origin/${branch}`))
      return tip === undefined ? [] : [{ environment, tip }]
    }),
  )
  return found.flat()
}

async function configuredNames(repository: GitRepository): Promise<string[]> {
  const revision = await resolveRevision(repository, 'HEAD', 'rev')
  const files = await loadFiles(repository, revision)
  return readConfiguration(files, { kind: 'repository' }).configuration.environments.map(({ name }) => name)
}

import type { Configuration } from '../../domain/configuration.ts'
import type { RepositoryRef, Sha } from '../../domain/refs.ts'
import { isCalendarPath } from '../../features/config/calendars.ts'
import type { RepositoryFiles } from '../../domain/repository-files.ts'
import { parseConfiguration } from '../../features/config/parse-configuration.ts'
import { rememberConfiguration } from '../../features/config/remember-configuration.ts'
import { parseOrganisation } from '../../features/config/parse-organisation.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { Ports } from '../ports.ts'
import { type ConfigurationScope, configurationPath, readScope, readTexts } from './read-organisation.ts'

/** The configuration of a revision, and what is wrong with it. An organisation's own file configures no delivery of its repository. */
export function readConfiguration(files: Pick<RepositoryFiles, 'text'>, scope: ConfigurationScope) {
  const text = files.text(configurationPath)
  if (scope.kind === 'repository') {
    return rememberConfiguration(text, configurationPath, files.text, scope.organisation)
  }
  const { problems } = parseOrganisation(text, configurationPath, scope.rule, files.text)
  return { ...parseConfiguration(undefined, configurationPath), problems }
}

/** The tip of the branch that is released from, with the configuration that stands there. */
export interface Tip {
  git: GitRepository
  branch: string
  sha: Sha
  configuration: Configuration
}

/** Undefined: the repository is empty. Reads that and the calendars, not the tree's content. */
export async function readTip(
  ports: Ports,
  ref: RepositoryRef,
  options: { fetch: boolean },
): Promise<Tip | undefined> {
  const git = await ports.repository(ref)
  if (options.fetch) await git.fetch()
  const branch = await ports.defaultBranch(ref)
  const sha = await git.resolve(`refs/heads/${branch}`)
  if (!sha) return undefined
  const texts = await readTexts(git, sha, (path) => path === configurationPath || isCalendarPath(path))
  const scope = await readScope(ports, ref, options)
  const { configuration } = readConfiguration({ text: (path) => texts.get(path) }, scope)
  return { git, branch, sha, configuration }
}

/** Whether the branch is still where it was read: asked of the remote right before something is opened on it. */
export async function isStillTip({ git, branch, sha }: Tip): Promise<boolean> {
  await git.fetch()
  return (await git.resolve(`refs/heads/${branch}`)) === sha
}

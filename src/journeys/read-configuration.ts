import type { Configuration } from '../domain/configuration.ts'
import type { RepositoryRef, Sha } from '../domain/refs.ts'
import { isCalendarPath } from '../features/config/calendars.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { parseConfiguration } from '../features/config/parse-configuration.ts'
import type { GitRepository } from '../ports/git.ts'
import type { Ports } from './ports.ts'

export const configurationPath = '.drawbridge.yaml'

/** The configuration of a revision, and what is wrong with it. */
export function readConfiguration(files: RepositoryFiles) {
  return parseConfiguration(files.text(configurationPath), configurationPath, files.text)
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
  const tree = await git.tree(sha)
  const entries = tree.entries.filter(({ path }) => path === configurationPath || isCalendarPath(path))
  const blobs = await git.read(entries.map(({ id }) => id))
  const textOf = (path: string) => {
    const entry = entries.find((candidate) => candidate.path === path)
    const content = entry && blobs.get(entry.id)
    return content && Buffer.from(content).toString('utf8')
  }
  const { configuration } = parseConfiguration(textOf(configurationPath), configurationPath, textOf)
  return { git, branch, sha, configuration }
}

/** Whether the branch is still where it was read: asked of the remote right before something is opened on it. */
export async function isStillTip({ git, branch, sha }: Tip): Promise<boolean> {
  await git.fetch()
  return (await git.resolve(`refs/heads/${branch}`)) === sha
}

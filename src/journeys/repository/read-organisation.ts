import type { OrganisationRules } from '../../domain/configuration.ts'
import type { Problem } from '../../domain/problem.ts'
import { fullName, type RepositoryRef, type Sha } from '../../domain/refs.ts'
import { isCalendarPath } from '../../features/config/calendars.ts'
import { parseOrganisation } from '../../features/config/parse-organisation.ts'
import { isPolicyPath } from '../../features/policy/read-policies.ts'
import type { GitRepository } from '../../ports/git.ts'
import type { Ports } from '../ports.ts'

export const configurationPath = '.drawbridge.yaml'

/** The repository whose configuration is the organisation's. */
export const organisationRepository = '.github'

/** How a configuration file is read: as a repository's under these rules, or as an organisation's own, of that name. */
export type ConfigurationScope =
  { kind: 'repository'; organisation?: OrganisationRules } | { kind: 'organisation'; rule: string }

/** Reads the rules that hold for a repository, as they stand at this moment. Where they cannot be read, nothing is decided. */
export async function readScope(
  ports: Pick<Ports, 'organisation' | 'repository' | 'defaultBranch'>,
  ref: RepositoryRef,
  options: { fetch: boolean },
): Promise<ConfigurationScope> {
  if (ref.name.toLowerCase() === organisationRepository)
    return { kind: 'organisation', rule: ruleName(fullName(ref)) }
  const owner = await ports.organisation(ref)
  if (!owner) return { kind: 'repository' }
  const git = await ports.repository(owner)
  if (options.fetch) await git.fetch()
  const sha = await git.resolve(`refs/heads/${await ports.defaultBranch(owner)}`)
  if (!sha) return { kind: 'repository' }
  return { kind: 'repository', organisation: (await readOrganisation(git, sha, fullName(owner))).rules }
}

/** The organisation's rules and policies of one revision, and what is wrong with the rules. */
export async function readOrganisation(
  git: GitRepository,
  revision: Sha,
  name: string,
): Promise<{ rules: OrganisationRules; problems: Problem[] }> {
  const texts = await readTexts(git, revision, (path) => path === configurationPath || isCalendarPath(path))
  const { rules, folders, problems } = parseOrganisation(
    texts.get(configurationPath),
    configurationPath,
    ruleName(name),
    (path) => texts.get(path),
  )
  const found = await readTexts(git, revision, (path) => isPolicyPath(path, folders))
  const policies = Object.fromEntries([...found].map(([path, text]) => [`${name}: ${path}`, text]))
  return { rules: { ...rules, policies }, problems }
}

/** For people. */
export function ruleName(repository: string): string {
  return `${repository}: ${configurationPath}`
}

/** The texts of some files of a revision, without reading the others. */
export async function readTexts(
  git: GitRepository,
  revision: Sha,
  isWanted: (path: string) => boolean,
): Promise<Map<string, string>> {
  const { entries } = await git.tree(revision)
  const wanted = entries.filter(({ path, mode }) => mode.startsWith('100') && isWanted(path))
  const blobs = await git.read(wanted.map(({ id }) => id))
  return new Map(wanted.map(({ path, id }) => [path, Buffer.from(blobs.get(id) ?? []).toString('utf8')]))
}

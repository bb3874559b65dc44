import { resolve } from 'node:path'
import type { Configuration } from '../domain/configuration.ts'
import type { Problem } from '../domain/problem.ts'
import type { Sha } from '../domain/refs.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { readConfiguration } from '../journeys/repository/read-configuration.ts'
import { openScope } from './open-scope.ts'
import { loadFiles } from '../journeys/repository/render-revision.ts'
import type { GitRepository } from '../ports/git.ts'
import { type CommandContext, type Given, UsageError } from './subcommand.ts'

/** How far back an abbreviated commit id is looked for. */
const historyLimit = 20_000

export function openRepository(given: Given, context: CommandContext): Promise<GitRepository> {
  return context.git.open({ kind: 'local', folder: resolve(context.cwd, given.string('repo') ?? '.') })
}

/** What a command that looks at one revision starts from. */
export interface OpenedRevision {
  repository: GitRepository
  revision: Sha
  files: RepositoryFiles
  configuration: Configuration
  /** What is wrong with the configuration. */
  problems: Problem[]
}

/** Reads the revision that `--repo` and `--rev` name, and closes the repository when `use` is done with it. */
export async function withRevision(
  given: Given,
  context: CommandContext,
  use: (opened: OpenedRevision) => Promise<number>,
): Promise<number> {
  const repository = await openRepository(given, context)
  try {
    const revision = await resolveRevision(repository, given.string('rev') ?? 'HEAD', 'rev')
    const files = await loadFiles(repository, revision)
    const scope = await openScope(given, context)
    return await use({ repository, revision, files, ...readConfiguration(files, scope) })
  } finally {
    await repository.close()
  }
}

/** The commit a person means: any name git knows, an abbreviated id, each with `~2` or `^` behind it. */
export async function resolveRevision(
  repository: GitRepository,
  revision: string,
  option: string,
): Promise<Sha> {
  const whole = await repository.resolve(revision)
  if (whole) return whole
  const [, name = revision, suffix = ''] = /^(.+?)((?:\^|~\d*)*)$/.exec(revision) ?? []
  const start = (await repository.resolve(name)) ?? (await resolveAbbreviated(repository, name))
  const sha = start && (await goBack(repository, start, suffix))
  if (sha) return sha
  throw new UsageError(
    `--${option} ${revision}: there is no such commit, branch or tag in this clone; fetch it, or name another`,
  )
}

/** The two commits that `--base` and `--head` mean, or their defaults. */
export async function resolveSides(
  repository: GitRepository,
  given: Given,
): Promise<{ base: Sha; head: Sha }> {
  const head = await resolveRevision(repository, given.string('head') ?? 'HEAD', 'head')
  const named = given.string('base')
  if (named === undefined) return { base: await defaultBase(repository, head), head }
  return { base: await resolveRevision(repository, named, 'base'), head }
}

async function resolveAbbreviated(repository: GitRepository, name: string): Promise<Sha | undefined> {
  if (!/^[0-9a-f]{4,40}$/.test(name)) return undefined
  const head = await repository.resolve('HEAD')
  const log = head ? await repository.firstParentLog(undefined, head, historyLimit) : []
  const found = log.filter(({ sha }) => sha.startsWith(name))
  return found.length === 1 ? found[0]?.sha : undefined
}

async function goBack(repository: GitRepository, start: Sha, suffix: string): Promise<Sha | undefined> {
  const steps = [...suffix.matchAll(/\^|~(\d*)/g)].reduce((sum, [, count]) => sum + Number(count || 1), 0)
  let sha: Sha | undefined = start
  for (let step = 0; step < steps && sha; step += 1) sha = (await repository.commit(sha)).parents[0]
  return sha
}

/** The branch that others start from: the remote's default, else `main` or `master`; the commit before `head` where that is `head`. */
export async function defaultBase(repository: GitRepository, head: Sha): Promise<Sha> {
  const names = [
    'refs/remotes/origin/HEAD',
    'refs/remotes/origin/main',
    'refs/remotes/origin/master',
    'main',
    'master',
  ]
  for (const name of names) {
    const sha = await repository.resolve(name)
    if (sha !== undefined && sha !== head) return sha
  }
  const parent = (await repository.commit(head)).parents[0]
  if (parent) return parent
  throw new UsageError('there is nothing to compare with: name a commit with --base')
}

import { relative, resolve } from 'node:path'
import {
  type ConfigurationScope,
  readOrganisation,
  ruleName,
} from '../journeys/repository/read-organisation.ts'
import { type CommandContext, type Given, UsageError } from './subcommand.ts'

/** Whose rules `--organisation` brings: what is committed at HEAD there. The same clone as `--repo` is itself the organisation's. */
export async function openScope(given: Given, context: CommandContext): Promise<ConfigurationScope> {
  const named = given.string('organisation')
  if (named === undefined) return { kind: 'repository' }
  const folder = resolve(context.cwd, named)
  const shown = relative(context.cwd, folder) || '.'
  if (folder === resolve(context.cwd, given.string('repo') ?? '.')) {
    return { kind: 'organisation', rule: ruleName(shown) }
  }
  const git = await context.git.open({ kind: 'local', folder })
  try {
    const revision = await git.resolve('HEAD')
    if (revision === undefined) throw new UsageError(`--organisation ${named}: nothing is committed there`)
    return { kind: 'repository', organisation: (await readOrganisation(git, revision, shown)).rules }
  } finally {
    await git.close()
  }
}

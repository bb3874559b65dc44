import type { Permission } from '../domain/pull.ts'
import { usages } from '../features/commands/command.ts'
import { rightsTable, type VerbRights } from '../features/commands/rights-table.ts'
import { loadFiles } from '../journeys/repository/render-revision.ts'
import { readConfiguration } from '../journeys/repository/read-configuration.ts'
import { openRepository, resolveRevision } from './open-revision.ts'
import { openScope } from './open-scope.ts'
import { formatOption, organisationOption, repositoryOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand, UsageError } from './subcommand.ts'

const permissions = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const satisfies Permission[]

export const rights: Subcommand = {
  summary: 'what somebody may command, where, and who could do the rest',
  usage:
    '--user LOGIN [--id ID] [--team @ORG/TEAM …] [--permission P] [--repo DIR] [--rev REV] [--organisation DIR] [--format text|json]',
  options: {
    ...repositoryOption,
    ...organisationOption,
    rev: { type: 'string', value: 'REV', summary: 'Whose configuration decides; default: HEAD' },
    user: { type: 'string', value: 'LOGIN', summary: 'The person; @ in front is allowed' },
    id: { type: 'string', value: 'ID', summary: 'The number of the account, where roles name people by it' },
    team: {
      type: 'string',
      value: '@ORG/TEAM',
      multiple: true,
      summary: 'A team the person is in; may be repeated',
    },
    permission: {
      type: 'string',
      value: 'P',
      oneOf: permissions,
      summary: 'Permission on the repository; default: read',
    },
    ...formatOption('text', 'json'),
  },
  description: [
    'Reads the roles of the configuration, as a command does when it runs. GitHub is not asked: say which teams the person is\n' +
      'in, and which permission they have.',
    'Exit codes: 0 it ran; 1 the configuration has problems, so that some roles may grant nothing.',
    'Example: drawbridge rights --user ada --team @shop/release --permission write',
  ],
  run: runRights,
}

async function runRights(given: Given, context: CommandContext): Promise<number> {
  const login = given.string('user')?.replace(/^@/, '')
  if (!login) throw new UsageError('--user is missing: name the person, such as --user ada')
  const repository = await openRepository(given, context)
  try {
    const revision = await resolveRevision(repository, given.string('rev') ?? 'HEAD', 'rev')
    const scope = await openScope(given, context)
    const { configuration, problems } = readConfiguration(await loadFiles(repository, revision), scope)
    const table = rightsTable(configuration.roles, {
      actor: { id: given.string('id') ?? '', login, isBot: false },
      permission: permissions.find((each) => each === given.string('permission')) ?? 'read',
      teams: given.list('team'),
    })
    context.stdout(
      given.string('format') === 'json'
        ? `${JSON.stringify({ revision, user: login, rights: table }, undefined, 2)}\n`
        : toText(table),
    )
    for (const { path, line, message } of problems) context.stderr(`${path}:${line}: ${message}\n`)
    return problems.length > 0 ? exitCodes.problems : exitCodes.ok
  } finally {
    await repository.close()
  }
}

function toText(table: readonly VerbRights[]): string {
  const width = Math.max(...table.map(({ verb }) => verb.length)) + 1
  const lines = table.map(({ verb, may, whoCould }) => {
    const answer = may.length > 0 ? `yes  ${may.join('; ')}` : `no   ${whoCould.join(', ') || 'nobody'} could`
    return `${`/${verb}`.padEnd(width)}  ${answer}`
  })
  return `${lines.join('\n')}\n\nHow each is written: ${usages.help}, or docs/commands.md\n`
}

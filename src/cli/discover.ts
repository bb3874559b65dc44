import { discover } from '../features/discovery/discover.ts'
import { loadFiles } from '../journeys/render-revision.ts'
import { openRepository, readConfiguration, resolveRevision } from './open-revision.ts'
import { formatProblem } from './render.ts'
import { formatOption, repositoryOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

export const discoverCommand: Subcommand = {
  summary: 'which applications and environments are found, and why',
  usage: '[--repo DIR] [--rev REV] [--format text|json]',
  options: {
    ...repositoryOption,
    rev: { type: 'string', value: 'REV', summary: 'Default: HEAD' },
    ...formatOption('text', 'json'),
  },
  description: [
    'Renders nothing. With a .drawbridge.yaml its rules come first; without one everything is found by convention.',
    'Exit codes: 0 something was found, or the repository holds nothing to find; 1 there are problems and nothing was found.',
  ],
  run: runDiscover,
}

async function runDiscover(given: Given, context: CommandContext): Promise<number> {
  const repository = await openRepository(given, context)
  try {
    const revision = await resolveRevision(repository, given.string('rev') ?? 'HEAD', 'rev')
    const files = await loadFiles(repository, revision)
    const { configuration, problems } = readConfiguration(files)
    const found = discover(files, configuration)
    const all = [...problems, ...found.problems]
    if (given.string('format') === 'json') {
      context.stdout(`${JSON.stringify({ revision, sources: found.sources, problems: all }, undefined, 2)}\n`)
    } else {
      for (const { application, environment, clusters, renderer, path, because } of found.sources) {
        context.stdout(
          `${application} in ${environment} (${clusters.join(', ')}): ${renderer} ${path}\n  ${because}\n`,
        )
      }
      for (const problem of all) context.stderr(`${formatProblem(problem)}\n`)
    }
    return found.sources.length === 0 && all.length > 0 ? exitCodes.problems : exitCodes.ok
  } finally {
    await repository.close()
  }
}

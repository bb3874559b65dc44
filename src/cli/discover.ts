import { discover, type Discovery } from '../features/discovery/discover.ts'
import type { DiscoverOutput } from './contract.ts'
import { describeDiscovery } from './describe-discovery.ts'
import { revisionOptions, withRevision } from './open-revision.ts'
import { formatProblem } from './render.ts'
import { formatOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

export const discoverCommand: Subcommand = {
  summary: 'which applications and environments are found, and why',
  usage: '[--repo DIR] [--rev REV] [--format text|json]',
  options: { ...revisionOptions, ...formatOption('text', 'json') },
  description: [
    'Renders nothing. With a .drawbridge.yaml its rules come first; without one everything is found by convention.\n' +
      'What Argo CD or Flux deliver that cannot be shown (a chart of a registry, another repository, parameters that only\n' +
      'the cluster knows) is listed with the reason. json is schemas/discover.schema.json.',
    'Exit codes: 0 something was found, or the repository holds nothing to find; 1 there are problems and nothing was found.',
  ],
  run: runDiscover,
}

function runDiscover(given: Given, context: CommandContext): Promise<number> {
  return withRevision(given, context, async ({ revision, files, configuration, problems }) => {
    const found = discover(files, configuration)
    const all = { ...found, problems: [...problems, ...found.problems] }
    if (given.string('format') === 'json') context.stdout(toJson(revision, all))
    else {
      for (const problem of all.problems) context.stderr(`${formatProblem(problem)}\n`)
      context.stdout(describeDiscovery(all))
    }
    return all.sources.length === 0 && all.problems.length > 0 ? exitCodes.problems : exitCodes.ok
  })
}

function toJson(revision: string, { sources, problems, notices }: Discovery): string {
  const output: DiscoverOutput = {
    revision,
    sources: sources.map((source) => ({
      application: source.application,
      environment: source.environment,
      clusters: source.clusters,
      renderer: source.renderer,
      path: source.path,
      ...(source.namespace !== undefined && { namespace: source.namespace }),
      ...(source.releaseName !== undefined && { releaseName: source.releaseName }),
      valueFiles: source.valueFiles,
      files: source.files,
      because: source.because,
    })),
    problems,
    notices,
  }
  return `${JSON.stringify(output, undefined, 2)}\n`
}

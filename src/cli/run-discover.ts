import { discover, type Discovery } from '../features/discovery/discover.ts'
import type { DiscoverOutput } from './contract.ts'
import { describeDiscovery } from './describe-discovery.ts'
import { withRevision } from './open-revision.ts'
import { formatProblem } from './format-problem.ts'
import { type CommandContext, exitCodes, type Given } from './subcommand.ts'

export function runDiscover(given: Given, context: CommandContext): Promise<number> {
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

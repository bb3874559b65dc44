import { openRepository } from './open-revision.ts'
import { describeSkew, skewFix } from '../features/status/describe-skew.ts'
import { describePause } from '../features/sync/pause-of.ts'
import { readRendered } from './read-rendered.ts'
import { readClusterStatus, type TargetStatus } from '../journeys/sync/read-cluster-status.ts'
import { clusterOptions, formatOption, repositoryOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

export const status: Subcommand = {
  summary: 'what runs on a cluster, how it is, and whether it is what git says',
  usage:
    '[--kubeconfig FILE] [--application NAME] [--environment NAME] [--cluster NAME] [--repo DIR] [--format text|json]',
  options: {
    ...clusterOptions,
    application: { type: 'string', value: 'NAME', summary: 'Only this application' },
    environment: { type: 'string', value: 'NAME', summary: 'Only this environment' },
    ...repositoryOption,
    ...formatOption('text', 'json'),
  },
  description: [
    'Reads the inventories on the cluster and what they list: needs a kubeconfig, and nothing of Drawbridge’s. In a clone that has\n' +
      "the rendered refs (git fetch origin 'refs/heads/drawbridge/*:refs/remotes/origin/drawbridge/*') it also says what is behind them.",
    'Exit codes: 0 everything is healthy and as git says; 1 something is not; 69 the cluster does not answer.',
    'Example: drawbridge status --application checkout --environment prod',
  ],
  run: runStatus,
}

async function runStatus(given: Given, context: CommandContext): Promise<number> {
  const cluster = await context.openCluster({
    name: given.string('cluster') ?? 'the cluster',
    kubeconfig: given.string('kubeconfig'),
  })
  const repository = await openRepository(given, context).catch(() => undefined)
  try {
    const rendered = repository && (await readRendered(given, repository))
    const filter = { application: given.string('application'), environment: given.string('environment') }
    const all = await readClusterStatus(cluster, filter, { rendered }, context.clock.now())
    const found = all.filter(({ target }) => isOn(target.cluster, given))
    const skew = describeSkew(cluster.clockSkew())
    context.stdout(
      given.string('format') === 'json'
        ? `${JSON.stringify({ targets: found, ...(skew && { warnings: [skew] }) }, undefined, 2)}\n`
        : toText(found),
    )
    if (skew) context.stderr(`warning: ${skew}\n     fix: ${skewFix}\n`)
    return found.every(isWell) ? exitCodes.ok : exitCodes.problems
  } finally {
    await repository?.close()
    await cluster.close()
  }
}

function isOn(cluster: string, given: Given): boolean {
  const asked = given.string('cluster')
  return asked === undefined || asked === cluster
}

function isWell({ health, state }: TargetStatus): boolean {
  return (health.status === 'Healthy' || health.status === 'Suspended') && (state ?? 'current') === 'current'
}

function toText(found: readonly TargetStatus[]): string {
  if (found.length === 0) return 'nothing of Drawbridge is there that fits\n'
  const rows = found.map(({ target, revision, state, attested, pause, health, objects }) => [
    target.application,
    target.environment,
    target.cluster,
    revision.slice(0, 7) || '-',
    state === 'behind' ? `behind ${attested?.slice(0, 7)}` : (state ?? '-'),
    health.status,
    `${objects.length}`,
    [pause ? describePause(pause) : '', health.reason].filter((part) => part !== '').join('; '),
  ])
  const head = ['APPLICATION', 'ENVIRONMENT', 'CLUSTER', 'REVISION', 'GIT', 'HEALTH', 'OBJECTS', 'REASON']
  return `${toColumns([head, ...rows]).join('\n')}\n`
}

function toColumns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

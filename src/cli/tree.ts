import { formatObjectId } from '../domain/kubernetes-object.ts'
import type { ObjectNode } from '../features/status/object-tree.ts'
import { readClusterStatus, type TargetStatus } from '../journeys/sync/read-cluster-status.ts'
import { clusterOptions, formatOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand, UsageError } from './subcommand.ts'

export const tree: Subcommand = {
  summary: 'the objects of an application on a cluster, what controllers made of them, and how each is',
  usage: 'APPLICATION [--kubeconfig FILE] [--environment NAME] [--cluster NAME] [--format text|json]',
  argument: { name: 'APPLICATION', option: 'application' },
  options: {
    application: {
      type: 'string',
      value: 'NAME',
      summary: 'The same as the word APPLICATION',
    },
    ...clusterOptions,
    environment: { type: 'string', value: 'NAME', summary: 'Only this environment' },
    ...formatOption('text', 'json'),
  },
  description: [
    'Objects of the inventory, and below each what it owns: ReplicaSets, Jobs, Pods. Needs a kubeconfig that may list these.',
    'Exit codes: 0 everything is healthy; 1 something is not, or there is no such application; 69 the cluster does not answer.',
    'Example: drawbridge tree checkout --environment prod',
  ],
  run: runTree,
}

async function runTree(given: Given, context: CommandContext): Promise<number> {
  const application = given.string('application')
  if (application === undefined)
    throw new UsageError('an application is missing: drawbridge tree checkout; drawbridge status lists them')
  const name = given.string('cluster')
  const cluster = await context.openCluster({
    name: name ?? 'the cluster',
    kubeconfig: given.string('kubeconfig'),
  })
  try {
    const filter = { application, environment: given.string('environment') }
    const all = await readClusterStatus(cluster, filter, { withChildren: true }, context.clock.now())
    const found = all.filter(({ target }) => name === undefined || target.cluster === name)
    if (given.string('format') === 'json')
      context.stdout(`${JSON.stringify({ targets: found }, undefined, 2)}\n`)
    else if (found.length > 0) context.stdout(found.map(toText).join('\n'))
    else context.stderr(`drawbridge: there is no ${application} there; drawbridge status lists what is\n`)
    return found.length > 0 && found.every(isWell) ? exitCodes.ok : exitCodes.problems
  } finally {
    await cluster.close()
  }
}

function isWell({ health }: TargetStatus): boolean {
  return health.status === 'Healthy' || health.status === 'Suspended'
}

function toText({ target, revision, health, objects }: TargetStatus): string {
  const head = `${target.application} in ${target.environment} on ${target.cluster}: ${health.status}, ${revision.slice(0, 7) || 'nothing applied yet'}`
  return `${[head, ...branches(objects, '')].join('\n')}\n`
}

function branches(nodes: readonly ObjectNode[], indent: string): string[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1
    const { status, reason } = node.health
    const line = `${indent}${isLast ? '└─ ' : '├─ '}${formatObjectId(node.id)}  ${status}${reason && status !== 'Healthy' ? `: ${reason}` : ''}`
    return [line, ...branches(node.children, `${indent}${isLast ? '   ' : '│  '}`)]
  })
}

import { resolve } from 'node:path'
import { type CommandContext, type Given, type Subcommand, UsageError } from './subcommand.ts'

export const demo: Subcommand = {
  summary: 'the whole journey on this machine: an emulated GitHub and clusters, a real everything else',
  usage: '[--repo DIR [--base REV] [--head REV]] [--port NUMBER] [--once] [--cluster] [--folder DIR]',
  options: {
    repo: {
      type: 'string',
      value: 'DIR',
      summary: 'A clone of yours: shows its change as a pull request, in place of the story',
    },
    base: {
      type: 'string',
      value: 'REV',
      summary: "With --repo: what is merged into; default: the remote's default branch",
    },
    head: { type: 'string', value: 'REV', summary: 'With --repo: the change; default: HEAD' },
    port: {
      type: 'string',
      value: 'NUMBER',
      summary: 'Of the emulated GitHub; the dashboard takes the next one; default: free ones',
    },
    once: {
      type: 'boolean',
      summary:
        'Tell the story and end, with exit code 0 when all of it came true; with --repo: print the comment',
    },
    cluster: {
      type: 'boolean',
      summary:
        'Play the story on four real API servers of Kubernetes, started here, in place of emulated clusters',
    },
    folder: {
      type: 'string',
      value: 'DIR',
      summary: 'Where it keeps its files; default: a new temporary folder',
    },
  },
  description: [
    'Needs no account, no cluster and no network. Tells the story from a pull request to its revert, then stays for you to play.',
    'With --repo it shows what Drawbridge would say on your own repository: the comment, the checks and the whole diff of your\n' +
      "change, on pages like GitHub's. Your clone is only read. Clusters are not part of it.",
    'With --cluster it needs Go 1.26 (the first time it builds Kubernetes for eight minutes, with a network), two cores and\n' +
      '3 GB of memory; or KUBEBUILDER_ASSETS, a folder with etcd, kube-apiserver, kube-controller-manager, kube-scheduler,\n' +
      'kwok and kwok-stages.yaml. Pods are played by kwok: no container runs.',
    'Exit codes: 0 it was asked to stop, or the story came true; 1 a step of the story did not.',
    'Example: drawbridge demo --repo . --base main --head my-branch',
  ],
  run: runDemo,
}

async function runDemo(given: Given, context: CommandContext): Promise<number> {
  return context.launch.demo({
    port: given.string('port'),
    once: given.boolean('once'),
    cluster: given.boolean('cluster'),
    folder: given.string('folder'),
    change: await findChange(given, context),
  })
}

async function findChange(given: Given, context: CommandContext) {
  const folder = given.string('repo')
  if (folder === undefined) {
    if (given.string('base') ?? given.string('head')) throw new UsageError('--base and --head go with --repo')
    return undefined
  }
  if (given.boolean('cluster')) throw new UsageError('--cluster plays the story: it does not go with --repo')
  const { openRepository, resolveSides } = await import('./open-revision.ts')
  const repository = await openRepository(given, context)
  try {
    const sides = await resolveSides(repository, given)
    return { folder: resolve(context.cwd, folder), ...sides }
  } finally {
    await repository.close()
  }
}

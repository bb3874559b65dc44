import { assessBranch } from '../features/protection/assess-branch.ts'
import { describeSkew, skewFix } from '../features/status/describe-skew.ts'
import { formatOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

export const doctor: Subcommand = {
  summary: 'whether this machine has what the product needs, and how to get what is missing',
  usage: '[--repo DIR] [--kubeconfig FILE] [--format text|json]',
  options: {
    repo: {
      type: 'string',
      value: 'DIR',
      summary: 'Look at this clone as well: what `validate` says of its HEAD',
    },
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      summary: 'Ask this cluster as well: whether it answers, and its clock',
    },
    ...formatOption('text', 'json'),
  },
  description: [
    'Looks at the versions of node, git, kubectl, kustomize and helm, at the sandbox, the store and the settings of the GitHub App.\n' +
      'Settings that only `serve` needs are a warning here. Where they are set, GitHub is asked how the branches that are released from are protected.',
    'Exit codes: 0 nothing failed; 1 something did.',
  ],
  run: runDoctor,
}

interface Finding {
  state: 'ok' | 'warn' | 'fail'
  what: string
  detail: string
  fix?: string
}

async function runDoctor(given: Given, context: CommandContext): Promise<number> {
  const findings = (
    await Promise.all([
      checkNode(context),
      check('git', () => context.probe.gitVersion(), 'install git 2.38 or newer'),
      checkRenderer(context),
      checkStore(context),
      checkSettings(context),
      checkBranches(context),
      checkRepository(given, context),
      checkCluster(given.string('kubeconfig'), context),
    ])
  ).flat()
  if (given.string('format') === 'json') context.stdout(`${JSON.stringify({ findings }, undefined, 2)}\n`)
  else for (const finding of findings) context.stdout(formatFinding(finding))
  return findings.some(({ state }) => state === 'fail') ? exitCodes.problems : exitCodes.ok
}

function formatFinding({ state, what, detail, fix }: Finding): string {
  return `${state.padEnd(5)}${what}: ${detail}\n${fix === undefined ? '' : `     fix: ${fix}\n`}`
}

function checkNode({ nodeVersion }: CommandContext): Finding[] {
  return [{ state: 'ok', what: 'node', detail: nodeVersion }]
}

async function check(what: string, look: () => Promise<string>, fix: string): Promise<Finding[]> {
  try {
    return [{ state: 'ok', what, detail: await look() }]
  } catch (error) {
    return [{ state: 'fail', what, detail: messageOf(error), fix }]
  }
}

async function checkRenderer({ renderer }: CommandContext): Promise<Finding[]> {
  try {
    const { kubectl, kustomize, helm, others, sandbox } = await renderer.describe()
    const tools = Object.entries({ kubectl, kustomize, helm, ...others }).map(([what, detail]): Finding => ({
      state: 'ok',
      what,
      detail,
    }))
    const isClosed = sandbox.kind === 'bubblewrap'
    const fix =
      'install bubblewrap and allow user namespaces; until then pull requests from forks are not rendered'
    return [
      ...tools,
      {
        state: isClosed ? 'ok' : 'warn',
        what: 'sandbox',
        detail: sandbox.detail,
        ...(isClosed ? {} : { fix }),
      },
    ]
  } catch (error) {
    return [
      {
        state: 'fail',
        what: 'renderers',
        detail: messageOf(error),
        fix: 'run npm ci, or put kubectl and helm on PATH',
      },
    ]
  }
}

async function checkStore({ probe }: CommandContext): Promise<Finding[]> {
  try {
    return [{ state: 'ok', what: 'store', detail: await probe.store() }]
  } catch (error) {
    return [
      {
        state: 'fail',
        what: 'store',
        detail: messageOf(error),
        fix: 'start the database, or mend DATABASE_URL',
      },
    ]
  }
}

/** Only `serve` needs them, so what is missing is a warning. */
function checkSettings({ probe }: CommandContext): Finding[] {
  const problems = probe.settings()
  if (problems.length === 0)
    return [{ state: 'ok', what: 'settings', detail: 'everything serve needs is set' }]
  return problems.map(({ message, fix }) => ({
    state: 'warn',
    what: 'settings',
    detail: `${message} (for serve)`,
    fix,
  }))
}

/** What lets changes land past the gates, for each repository of the app. */
async function checkBranches({ probe }: CommandContext): Promise<Finding[]> {
  try {
    const found = await probe.branches()
    return (
      found?.branches.flatMap(({ repository, branch, ...guards }) =>
        assessBranch(guards, found).map((advice) => ({ what: `${repository}@${branch}`, ...advice })),
      ) ?? []
    )
  } catch (error) {
    const fix =
      'check DRAWBRIDGE_APP_ID, DRAWBRIDGE_PRIVATE_KEY, GITHUB_API_URL, and that GitHub can be reached'
    return [{ state: 'fail', what: 'github', detail: messageOf(error), fix }]
  }
}

/** Only where a clone is named. */
async function checkRepository(given: Given, context: CommandContext): Promise<Finding[]> {
  if (given.string('repo') === undefined) return []
  const { findProblems } = await import('./run-validate.ts')
  const { withRevision } = await import('./open-revision.ts')
  const findings: Finding[] = []
  await withRevision(given, context, async (opened) => {
    for (const { path, line, message, fix } of await findProblems(opened, context))
      findings.push({ state: 'warn', what: line > 0 ? `${path}:${line}` : path, detail: message, fix })
    return exitCodes.ok
  })
  return findings.length > 0 ? findings : [{ state: 'ok', what: 'repository', detail: 'nothing is wrong' }]
}

/** Only where a kubeconfig is given: many machines that look at git have none. */
async function checkCluster(kubeconfig: string | undefined, context: CommandContext): Promise<Finding[]> {
  if (kubeconfig === undefined) return []
  try {
    const cluster = await context.openCluster({ name: 'the cluster', kubeconfig })
    try {
      const found: Finding = { state: 'ok', what: 'cluster', detail: await cluster.identity() }
      const skew = describeSkew(cluster.clockSkew())
      return skew === undefined
        ? [found]
        : [found, { state: 'warn', what: 'clock', detail: skew, fix: skewFix }]
    } finally {
      await cluster.close()
    }
  } catch (error) {
    const fix = 'check the kubeconfig, and that the API server can be reached from here'
    return [{ state: 'fail', what: 'cluster', detail: messageOf(error), fix }]
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

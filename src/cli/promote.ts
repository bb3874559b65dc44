import { discover } from '../features/discovery/discover.ts'
import { gatherDivergence } from '../journeys/promotion/gather-divergence.ts'
import { promotionConditions } from '../features/promotion/promotion-conditions.ts'
import { proposePromotion } from '../journeys/promotion/propose-promotion.ts'
import { cloneRepository } from '../journeys/repository/clone-repository.ts'
import { readConfiguration } from '../journeys/repository/read-configuration.ts'
import { loadFiles } from '../journeys/repository/render-revision.ts'
import { type PromotionSettled, settlePromotion } from '../journeys/promotion/settle-promotion.ts'
import type { PromoteOutput } from './contract.ts'
import { clonedLedger } from './cloned-ledger.ts'
import { openRepository, resolveRevision } from './open-revision.ts'
import { findRenderedRefs } from './rendered-refs.ts'
import { cacheOption, formatOption, revisionOptions } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand, UsageError } from './subcommand.ts'

export const promote: Subcommand = {
  summary: 'what a promotion would carry to an environment, without opening it',
  usage:
    'ENVIRONMENT --dry-run [--application NAME …] [--to REVISION] [--repo DIR] [--rev REV] [--format text|json]',
  options: {
    ...revisionOptions,
    ...cacheOption,
    environment: { type: 'string', value: 'NAME', summary: 'The environment to promote to' },
    application: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      summary: 'Only this application; may be repeated. Default: every one that is there',
    },
    to: {
      type: 'string',
      value: 'REVISION',
      summary: 'What ran before at this commit; default: what runs now',
    },
    'dry-run': {
      type: 'boolean',
      summary: 'Needed: only the app opens pull requests, by /promote or a rule',
    },
    ...formatOption('text', 'json'),
  },
  argument: { name: 'ENVIRONMENT', option: 'environment' },
  description: [
    'Reads the branch at --rev and the rendered refs of the clone\n' +
      "(git fetch origin 'refs/heads/drawbridge/*:refs/remotes/origin/drawbridge/*'), and prints for each application the pull\n" +
      'request that would be opened: its branch, its title, and every file as it would stand. Soak, health and the gates are\n' +
      'asked for on that pull request.',
    'Exit codes: 0 there is nothing to promote; 2 there is; 1 something cannot be promoted, and why.',
    'Example: drawbridge promote prod --dry-run --application checkout',
  ],
  run: runPromote,
}

/** The clone alone is read: what checks say is asked on the pull request. */
const github = { checkAnswers: async () => undefined }

async function runPromote(given: Given, context: CommandContext): Promise<number> {
  const to = given.string('environment')
  if (to === undefined) throw new UsageError('the environment is missing: drawbridge promote prod --dry-run')
  if (!given.boolean('dry-run'))
    throw new UsageError(
      'only the app opens pull requests, by /promote or a rule; add --dry-run to see what it would',
    )
  const git = await openRepository(given, context)
  try {
    const sha = await resolveRevision(git, given.string('rev') ?? 'HEAD', 'rev')
    const files = await loadFiles(git, sha)
    const { configuration } = readConfiguration(files, { kind: 'repository' })
    const ledger = clonedLedger(git, await findRenderedRefs({ ...given, string: () => undefined }, git))
    const tip = { git, branch: 'HEAD', sha, configuration }
    const there = discover(files, configuration).sources.filter(({ environment }) => environment === to)
    const asked = given.list('application')
    const names =
      asked.length > 0 ? asked : [...new Set(there.map(({ application }) => application))].toSorted()
    const revision = given.string('to')
    const found: Found[] = []
    const ports = { ...context, ledger, github }
    for (const application of names) {
      const request = {
        repository: cloneRepository,
        tip,
        files,
        application,
        to,
        releases: [],
        isAsked: true,
        revision,
      }
      const settled = await settlePromotion(ports, request)
      if (settled.kind === 'promote') {
        const { part } = settled
        part.divergence = await gatherDivergence(ports, request, part, context.maskKey)
      }
      const rule = configuration.environments.find(({ name }) => name === to)?.promotion
      const waitsUntil =
        rule && settled.kind === 'promote' ? promotionConditions(rule, settled.part.from.join(', ')) : []
      found.push({ application, settled, waitsUntil })
    }
    const shown: PromoteOutput = found.map((each) =>
      toShown(each, (parts) => proposePromotion(context, { repository: cloneRepository, tip, to, parts })),
    )
    context.stdout(
      given.string('format') === 'json' ? `${JSON.stringify(shown, undefined, 2)}\n` : toText(found, to),
    )
    if (found.some(({ settled }) => settled.kind === 'refused' || settled.kind === 'wait'))
      return exitCodes.problems
    return found.some(({ settled }) => settled.kind === 'promote') ? exitCodes.differences : exitCodes.ok
  } finally {
    await git.close()
  }
}

interface Found {
  application: string
  settled: PromotionSettled
  waitsUntil: string[]
}

/** The promotion and the pull request that performs it; or why there is none. */
function toShown(
  { application, settled, waitsUntil }: Found,
  propose: (parts: Parameters<typeof proposePromotion>[1]['parts']) => ReturnType<typeof proposePromotion>,
): PromoteOutput[number] {
  if (settled.kind !== 'promote') return { application, outcome: settled.kind, reason: settled.reason }
  const { from, source, moves } = settled.part
  const { branch, baseSha, title, body, files } = propose([settled.part]).proposal
  return {
    application,
    outcome: settled.kind,
    from,
    revision: source.revision,
    moves,
    waitsUntil,
    pull: { branch, baseSha, title, body, files },
  }
}

function toText(found: readonly Found[], to: string): string {
  const lines = found.flatMap(({ application, settled, waitsUntil }) => {
    if (settled.kind !== 'promote') return [`${application}: ${settled.reason}`]
    const { from, source, moves, files } = settled.part
    return [
      `${application}: ${from.join(', ')} → ${to}, as at ${source.revision.slice(0, 12)}`,
      ...moves.map(({ name, before, after }) => `  ${name} ${before} → ${after}`),
      ...Object.keys(files).map((path) => `  in ${path}`),
      ...waitsUntil.map((condition) => `  waits until ${condition}`),
    ]
  })
  return `${lines.length > 0 ? lines.join('\n') : `nothing is promoted to ${to}`}\n`
}

import type { Evidence } from '../domain/evidence.ts'
import type { Sha } from '../domain/refs.ts'
import { evidenceRevision } from '../features/attestation/ledger-files.ts'
import { type Replay, replayDecision } from '../journeys/release/replay-decision.ts'
import type { GitRepository } from '../ports/git.ts'
import { openRepository } from './open-revision.ts'
import { showProgress } from './progress.ts'
import { findRenderedRefs } from './rendered-refs.ts'
import { formatOption, progressOption, repositoryOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand, UsageError } from './subcommand.ts'

const defaultLimit = 200

export const replay: Subcommand = {
  summary: 'every recorded decision, made again from git and its evidence: is it the same?',
  usage: '[--repo DIR] [--environment NAME] [--limit N] [--format text|json]',
  options: {
    ...repositoryOption,
    environment: {
      type: 'string',
      value: 'NAME',
      summary: 'Default: every environment of the configuration',
    },
    limit: { type: 'string', value: 'N', summary: `Decisions, the newest first; default: ${defaultLimit}` },
    ...formatOption('text', 'json'),
    ...progressOption,
  },
  description: [
    'Renders both sides of each released pull request again, reads the rules of its base and the reviews, rights, windows and\n' +
      'freezes that were kept as evidence, and asks every gate as of then. No network is needed.',
    'Exit codes: 0 every decision is the same; 1 one is not, or there is none.',
  ],
  run: runReplay,
}

interface Replayed extends Replay {
  commit: Sha
  pull: number
}

async function runReplay(given: Given, context: CommandContext): Promise<number> {
  const limit = Number(given.string('limit') ?? defaultLimit)
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit takes a whole number from 1 up')
  const repository = await openRepository(given, context)
  try {
    const found = new Map<Sha, Evidence>()
    for (const { tip } of await findRenderedRefs(given, repository))
      await collect(repository, tip, limit, found)
    const all = [...found.values()].toSorted((left, right) => right.at - left.at).slice(0, limit)
    const progress = showProgress('deciding again', given, context)
    const replays: Replayed[] = []
    for (const [index, evidence] of all.entries()) {
      progress.onProgress(index + 1, all.length)
      const replayed = await replayDecision(context, repository, evidence)
      replays.push({ commit: evidence.sides.head, pull: evidence.pull.ref.number, ...replayed })
    }
    progress.end()
    context.stdout(
      given.string('format') === 'json' ? `${JSON.stringify(replays, undefined, 2)}\n` : toText(replays),
    )
    const isSame = replays.every(({ differing }) => differing.length === 0)
    return isSame && replays.length > 0 ? exitCodes.ok : exitCodes.problems
  } finally {
    await repository.close()
  }
}

/** All evidence in the history of a rendered ref, each commit's once. */
async function collect(
  repository: GitRepository,
  tip: Sha,
  limit: number,
  found: Map<Sha, Evidence>,
): Promise<void> {
  const log = await repository.firstParentLog(undefined, tip, limit)
  for (const { sha } of log.toReversed()) {
    const { entries } = await repository.tree(sha)
    const wanted = entries.filter(({ path, mode }) => {
      const revision = mode === '100644' ? evidenceRevision(path) : undefined
      return revision !== undefined && !found.has(revision)
    })
    const contents = await repository.read(wanted.map(({ id }) => id))
    for (const { id } of wanted) {
      const evidence = JSON.parse(Buffer.from(contents.get(id) ?? []).toString('utf8')) as Evidence
      found.set(evidence.sides.head, evidence)
    }
  }
}

function toText(replays: readonly Replayed[]): string {
  if (replays.length === 0) return 'no decision is recorded in this clone\n'
  const lines = replays.flatMap(({ commit, pull, differing }) => [
    `#${pull} ${commit.slice(0, 12)} ${differing.length === 0 ? 'same' : 'DIFFERS'}`,
    ...differing.map(({ gate, recorded, now }) => `  ${gate}\n    recorded ${recorded}\n    now      ${now}`),
  ])
  const same = replays.filter(({ differing }) => differing.length === 0).length
  return `${lines.join('\n')}\n${same} of ${replays.length} decisions are the same\n`
}

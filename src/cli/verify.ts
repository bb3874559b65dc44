import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseAllowedSigners } from '../features/attestation/allowed-signers.ts'
import { type LedgerCheck, verifyLedger } from '../journeys/release/verify-ledger.ts'
import { formatProblem } from './format-problem.ts'
import { openRepository } from './open-revision.ts'
import { showProgress } from './progress.ts'
import { findRenderedRefs } from './rendered-refs.ts'
import { formatOption, progressOption, repositoryOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand, UsageError } from './subcommand.ts'

const defaultLimit = 10_000

export const verify: Subcommand = {
  summary: 'the whole history of what was released: signatures, trees, gates, offline',
  usage:
    '--allowed-signers FILE [--repo DIR] [--environment NAME] [--repository-id NUMBER] [--limit N] [--format text|json]',
  options: {
    ...repositoryOption,
    'allowed-signers': {
      type: 'string',
      value: 'FILE',
      summary: 'Public keys that are believed, as git reads them',
    },
    environment: {
      type: 'string',
      value: 'NAME',
      summary: 'Default: every environment of the configuration',
    },
    'repository-id': {
      type: 'string',
      value: 'NUMBER',
      summary: 'GitHub’s number of the repository; default: the one that the oldest commit names',
    },
    limit: {
      type: 'string',
      value: 'N',
      summary: `Commits looked at, from the newest; default: ${defaultLimit}`,
    },
    ...formatOption('text', 'json'),
    ...progressOption,
  },
  description: [
    'Walks every commit of the rendered refs: signed by a believed key, bound to this repository and environment, one line of\n' +
      'history, trees exactly as attested, nothing that is not attested, every gate open, never back on the base branch.',
    'Exit codes: 0 everything holds; 1 something does not.',
    'Example: drawbridge verify --allowed-signers signers --environment prod',
  ],
  run: runVerify,
}

async function runVerify(given: Given, context: CommandContext): Promise<number> {
  const trustedKeys = await readSigners(given, context)
  const limit = Number(given.string('limit') ?? defaultLimit)
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit takes a whole number from 1 up')
  const repository = await openRepository(given, context)
  try {
    const checks: LedgerCheck[] = []
    for (const { environment, tip } of await findRenderedRefs(given, repository)) {
      const progress = showProgress(`verifying ${environment}`, given, context)
      const repositoryId = given.string('repository-id')
      checks.push(
        await verifyLedger(repository, {
          environment,
          tip,
          trustedKeys,
          limit,
          ...(repositoryId !== undefined && { repositoryId }),
          onProgress: progress.onProgress,
        }),
      )
      progress.end()
    }
    context.stdout(
      given.string('format') === 'json' ? `${JSON.stringify(checks, undefined, 2)}\n` : toText(checks),
    )
    return checks.some(({ faults }) => faults.length > 0) ? exitCodes.problems : exitCodes.ok
  } finally {
    await repository.close()
  }
}

async function readSigners(given: Given, context: CommandContext): Promise<string[]> {
  const file = given.string('allowed-signers')
  if (file === undefined) {
    throw new UsageError('--allowed-signers is missing: name a file with the public keys that are believed')
  }
  const text = await readFile(resolve(context.cwd, file), 'utf8').catch(() => {
    throw new UsageError(`--allowed-signers ${file}: the file cannot be read`)
  })
  const { keys, problems } = parseAllowedSigners(text, file)
  const [problem] = problems
  if (problem) throw new UsageError(`--allowed-signers ${formatProblem(problem)}`)
  if (keys.length > 0) return keys
  throw new UsageError(`--allowed-signers ${file}: it holds no ssh-ed25519 key`)
}

function toText(checks: readonly LedgerCheck[]): string {
  const lines = checks.flatMap(({ environment, commits, releases, faults }) => [
    `${environment}: ${commits} commits, ${releases} releases, ${faults.length === 0 ? 'all as attested' : `${faults.length} faults`}`,
    ...faults.map(({ commit, code, message }) => `  ${commit.slice(0, 12)} ${code}: ${message}`),
  ])
  return `${lines.join('\n')}\n`
}

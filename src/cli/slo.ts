import type { Slo, SloVerdict } from '../domain/slo.ts'
import { errorBudget } from '../features/slo/error-budget.ts'
import { evaluateSlo } from '../features/slo/evaluate-slo.ts'
import { createSloMeter } from '../journeys/slo/create-slo-meter.ts'
import { measureNow } from '../journeys/slo/measure-release.ts'
import { readConfiguration } from '../journeys/repository/read-configuration.ts'
import { loadFiles } from '../journeys/repository/render-revision.ts'
import { openRepository, resolveRevision } from './open-revision.ts'
import { openScope } from './open-scope.ts'
import { formatOption, organisationOption, repositoryOption } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand } from './subcommand.ts'

const daySeconds = 86_400

export const slo: Subcommand = {
  summary: 'how every SLO does now: its verdict, and what is left of its budget',
  usage: '[--repo DIR] [--rev REV] [--organisation DIR] [--environment NAME] [--format text|json]',
  options: {
    ...repositoryOption,
    ...organisationOption,
    rev: { type: 'string', value: 'REV', summary: 'Whose configuration is read; default: HEAD' },
    environment: { type: 'string', value: 'NAME', summary: 'Only this environment' },
    ...formatOption('text', 'json'),
  },
  description: [
    'Asks the metrics server of PROMETHEUS_URL what the SLOs of the configuration need, as the app does. Too little traffic is\n' +
      'inconclusive; missing, late or partial metrics are blind: neither is health.',
    'Exit codes: 0 none is breached; 1 one is, or cannot be seen.',
  ],
  run: runSlo,
}

interface Verdict extends SloVerdict {
  slo: string
  application: string
  environment: string
  /** Share of the whole period's budget; below zero: overspent; absent: unknown. */
  budgetLeft?: number
}

async function runSlo(given: Given, context: CommandContext): Promise<number> {
  const repository = await openRepository(given, context)
  try {
    const revision = await resolveRevision(repository, given.string('rev') ?? 'HEAD', 'rev')
    const scope = await openScope(given, context)
    const { configuration } = readConfiguration(await loadFiles(repository, revision), scope)
    const only = given.string('environment')
    const asked = configuration.slos.filter(({ environment }) => only === undefined || environment === only)
    const verdicts: Verdict[] = []
    for (const each of asked) verdicts.push(await judgeNow(each, context))
    context.stdout(
      given.string('format') === 'json' ? `${JSON.stringify(verdicts, undefined, 2)}\n` : toText(verdicts),
    )
    const isFine = verdicts.every(({ state }) => state === 'healthy' || state === 'inconclusive')
    return isFine ? exitCodes.ok : exitCodes.problems
  } finally {
    await repository.close()
  }
}

async function judgeNow(asked: Slo, { metrics, clock }: CommandContext): Promise<Verdict> {
  const now = clock.now()
  const meter = createSloMeter(metrics)
  const { blind, burnRate } = await measureNow(meter, asked, now)
  const verdict: SloVerdict =
    blind === undefined ? evaluateSlo(asked, burnRate) : { state: 'blind', reason: blind }
  const period =
    blind === undefined ? await meter.count(asked, asked.windowDays * daySeconds, now) : undefined
  const { name, application, environment } = asked
  return {
    slo: name,
    application,
    environment,
    ...verdict,
    ...(period && period.total > 0 && { budgetLeft: 1 - period.bad / (period.total * errorBudget(asked)) }),
  }
}

function toText(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'The configuration has no SLOs here.\n'
  const lines = verdicts.map(({ slo: name, environment, state, reason, budgetLeft }) => {
    const left = budgetLeft === undefined ? '' : `; ${Math.round(budgetLeft * 100)} % of the budget is left`
    return `${state.padEnd(12)} ${name} (${environment}): ${reason}${left}\n`
  })
  return lines.join('')
}

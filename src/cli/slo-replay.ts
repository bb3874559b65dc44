import type { ReplayedRelease } from '../features/slo/replayed-release.ts'
import { createRecordedMeter } from '../journeys/slo/create-recorded-meter.ts'
import { replaySlo, type SloReplay } from '../journeys/rollback/replay-slo.ts'
import { withRevision } from './open-revision.ts'
import { readPastReleases } from './past-releases.ts'
import { showProgress } from './progress.ts'
import { formatOption, organisationOption, progressOption, revisionOptions } from './shared-options.ts'
import { type CommandContext, exitCodes, type Given, type Subcommand, UsageError } from './subcommand.ts'

const dayMs = 86_400_000
/** Longer than most servers keep what they scraped. */
const mostDays = 31

export const sloReplay: Subcommand = {
  summary: 'what the SLOs would have taken back in the last days, when and why, and what not',
  usage:
    '[--days N] [--releases FILE] [--environment NAME] [--repo DIR] [--rev REV] [--organisation DIR] [--format text|json]',
  options: {
    days: { type: 'string', value: 'N', summary: `So many days up to now, at most ${mostDays}; default: 7` },
    releases: {
      type: 'string',
      value: 'FILE',
      summary: 'What was released, a line each: 2026-11-20T10:00:00Z checkout prod 1.9.0',
    },
    environment: { type: 'string', value: 'NAME', summary: 'Only the SLOs of this environment' },
    ...revisionOptions,
    ...organisationOption,
    ...formatOption('text', 'json'),
    ...progressOption,
  },
  description: [
    'Reads what the metrics server of PROMETHEUS_URL recorded, a few hours at a time, looks at every release as the app would have, and\n' +
      'decides with the same code. What was released is read from the rendered refs of the clone\n' +
      "(git fetch origin 'refs/heads/drawbridge/*:refs/remotes/origin/drawbridge/*'), or from --releases, or is every version that\n" +
      'the versionLabel of an SLO begins to count. Nothing is written, here or there.',
    'Each look is a step of two scrapes apart, 15 s or more. What was released after a revert stays as it was in truth.',
    'Exit codes: 0 it was replayed; 1 there are no SLOs or no releases, or the metrics say nothing about any.',
    'Example: drawbridge slo replay --days 14 --environment prod',
  ],
  run: runSloReplay,
}

function runSloReplay(given: Given, context: CommandContext): Promise<number> {
  const days = Number(given.string('days') ?? 7)
  if (!(days > 0 && days <= mostDays)) throw new UsageError(`--days takes a number up to ${mostDays}`)
  return withRevision(given, context, async ({ repository: git, configuration }) => {
    const to = context.clock.now()
    const from = to - days * dayMs
    const only = given.string('environment')
    const slos = configuration.slos.filter(({ environment }) => only === undefined || environment === only)
    const meter = createRecordedMeter(context.metrics, to)
    const span = { from, to }
    const { source, past } = await readPastReleases(given, context, {
      git,
      configuration,
      slos,
      meter,
      ...span,
    })
    const progress = showProgress('looking back', given, context)
    const onLook = (done: number, all: number) => {
      if (done % 20 === 0 || done === all) progress.onProgress(done, all)
    }
    const replay = await replaySlo({ configuration, slos, past, meter, ...span, onLook })
    progress.end()
    context.stdout(
      given.string('format') === 'json'
        ? `${JSON.stringify({ ...span, source, ...replay }, undefined, 2)}\n`
        : toText(replay, { days, slos: slos.length, source }),
    )
    return replay.releases.some(({ outcome }) => outcome !== 'unknown') ? exitCodes.ok : exitCodes.problems
  })
}

function toText(
  { releases, burns }: SloReplay,
  asked: { days: number; slos: number; source: string },
): string {
  if (asked.slos === 0) return 'The configuration has no SLOs here.\n'
  const lines = releases.flatMap(describeRelease)
  const alone = burns.map(
    ({ slo, environment, from, to, reason }) =>
      `${time(from)} to ${time(to)}  ${slo} (${environment})  no release: ${reason}`,
  )
  const count = (wanted: ReplayedRelease['outcome']) =>
    releases.filter(({ outcome }) => outcome === wanted).length
  const total =
    `${releases.length} looked at in ${asked.days} days, by ${asked.source}: ${count('revert')} taken back, ` +
    `${count('report')} reported, ${count('nothing')} left alone, ${count('unknown')} not known`
  return `${[...lines, ...alone, total].join('\n')}\n`
}

const words: Record<ReplayedRelease['outcome'], string> = {
  revert: 'TAKEN BACK',
  report: 'reported',
  nothing: 'left alone',
  unknown: 'not known',
}

function describeRelease(release: ReplayedRelease): string[] {
  const { slo, environment, releasedAt, outcome, at, reason, evidence, merge, questions = [] } = release
  const after = at === undefined ? '' : ` after ${Math.round((at - releasedAt) / 1000)} s`
  const by = merge === undefined ? '' : merge === 'rule' ? ', merged by a rule' : ', merged by people'
  return [
    `${time(releasedAt)}  ${nameOf(release)}  ${slo} (${environment})  ${words[outcome]}${after}${by}: ${reason}`,
    ...(release.blamed ? [`  takes back ${nameOf({ ...release, ...release.blamed })}`] : []),
    ...(at === undefined ? [] : evidence.map((sentence) => `  ${sentence}`)),
    ...questions.map((question) => `  to decide: ${question}`),
  ]
}

function nameOf({
  application,
  revision,
  pull,
}: Pick<ReplayedRelease, 'application' | 'revision' | 'pull'>): string {
  const name = `${application} ${revision.slice(0, 12)}`
  return pull ? `${name} (#${pull.number} by ${pull.author})` : name
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

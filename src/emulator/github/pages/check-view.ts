import type { CheckRun, CommitStatus, Repository } from '../state.ts'
import { icon, type IconName } from './icons.ts'
import { html, type Markup } from './markup.ts'
import { pathOf } from './pieces.ts'

type Tone = 'good' | 'bad' | 'busy' | 'quiet'

/** Check runs and statuses of a commit: the newest of each name. */
export function checksOf(
  repository: Repository,
  sha: string,
): { runs: CheckRun[]; statuses: CommitStatus[] } {
  const runs = repository.runs.filter((run) => run.suite.sha === sha)
  const statuses = repository.statuses.filter((status) => status.sha === sha)
  const byName = (run: CheckRun) => [`${run.suite.app.id} ${run.name}`, run] as const
  const newest = [...new Map(runs.map(byName)).values()]
  return {
    runs: newest.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    statuses: [...new Map(statuses.map((status) => [status.context, status])).values()],
  }
}

const toneOfConclusion = new Map<string, Tone>([
  ['success', 'good'],
  ['neutral', 'quiet'],
  ['skipped', 'quiet'],
])

export function runTone(run: CheckRun): Tone {
  return run.conclusion === null ? 'busy' : (toneOfConclusion.get(run.conclusion) ?? 'bad')
}

const toneOfStatus = { success: 'good', pending: 'busy', failure: 'bad', error: 'bad' } as const

export const statusTone = (status: CommitStatus): Tone => toneOfStatus[status.state]

const iconOfTone: Record<Tone, IconName> = { good: 'check', bad: 'cross', busy: 'dot', quiet: 'neutral' }

export const toneIcon = (tone: Tone): Markup =>
  html`<span class="tone ${tone}">${icon(iconOfTone[tone])}</span>`

export function runWords(run: CheckRun): string {
  if (run.output.title) return run.output.title
  return run.conclusion === null ? run.status.replaceAll('_', ' ') : run.conclusion.replaceAll('_', ' ')
}

/** The worst of a commit's checks, as one icon; undefined: it has none. */
export function commitTone(repository: Repository, sha: string): Tone | undefined {
  const { runs, statuses } = checksOf(repository, sha)
  const tones = [...runs.map(runTone), ...statuses.map(statusTone)]
  return (['bad', 'busy', 'good', 'quiet'] as const).find((tone) => tones.includes(tone))
}

export const runPath = (run: CheckRun) => `${pathOf(run.suite.repository)}/runs/${run.id}`

/** One row for each check, as under a pull request. */
export function checkRows(repository: Repository, sha: string): Markup[] {
  const { runs, statuses } = checksOf(repository, sha)
  return [
    ...runs.map(
      (run) =>
        html`<li class="check-row">
          ${toneIcon(runTone(run))} <a href="${runPath(run)}" class="check-name">${run.name}</a>
          <span class="check-words">${runWords(run)}</span>
          <a class="details" href="${runPath(run)}">Details</a>
        </li>`,
    ),
    ...statuses.map(
      (status) =>
        html`<li class="check-row">
          ${toneIcon(statusTone(status))} <span class="check-name">${status.context}</span>
          <span class="check-words">${status.description ?? status.state}</span>
        </li>`,
    ),
  ]
}

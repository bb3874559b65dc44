import type { CheckRun, CommitStatus, Pull } from '../state.ts'
import { protectionOf } from '../protection.ts'
import { html, type Html } from './html.ts'

interface Line {
  name: string
  state: string
  words: string
  address?: string
  isRequired: boolean
}

/** The newest run of each name and the newest status of each context on the head, and what is still expected. */
export function checkLines(pull: Pull): Line[] {
  const { repository, headSha, baseBranch } = pull
  const required = protectionOf(repository, baseBranch)?.requiredChecks?.checks ?? []
  const isRequired = (name: string) => required.some((check) => check.context === name)
  const lines = new Map<string, Line>()
  for (const run of latestRuns(pull)) {
    const words = run.output.title ?? run.conclusion ?? run.status
    const address = `/${repository.owner.login}/${repository.name}/pull/${pull.number}/checks#run-${run.id}`
    lines.set(`run ${run.name}`, {
      name: run.name,
      state: run.conclusion ?? run.status,
      words,
      address,
      isRequired: isRequired(run.name),
    })
  }
  for (const status of repository.statuses.filter((each) => each.sha === headSha)) {
    lines.set(`status ${status.context}`, fromStatus(status, isRequired(status.context)))
  }
  for (const { context } of required) {
    if (lines.has(`run ${context}`) || lines.has(`status ${context}`)) continue
    lines.set(context, {
      name: context,
      state: 'expected',
      words: 'Expected: waiting to be reported',
      isRequired: true,
    })
  }
  return [...lines.values()].toSorted(
    (a, b) => Number(b.isRequired) - Number(a.isRequired) || (a.name < b.name ? -1 : 1),
  )
}

export function latestRuns(pull: Pull): CheckRun[] {
  const runs = pull.repository.runs.filter((run) => run.suite.sha === pull.headSha)
  return [...new Map(runs.map((run) => [`${run.suite.app.id} ${run.name}`, run])).values()]
}

function fromStatus(status: CommitStatus, isRequired: boolean): Line {
  const address = status.targetUrl && /^https?:\/\//.test(status.targetUrl) ? status.targetUrl : undefined
  return {
    name: status.context,
    state: status.state,
    words: status.description ?? status.state,
    address,
    isRequired,
  }
}

const marks: Record<string, [string, string]> = {
  success: ['good', '✓'],
  neutral: ['none', '■'],
  skipped: ['none', '⊘'],
  failure: ['bad', '✕'],
  error: ['bad', '✕'],
  timed_out: ['bad', '✕'],
  cancelled: ['none', '⊘'],
  action_required: ['busy', '!'],
  pending: ['busy', '●'],
  queued: ['busy', '○'],
  in_progress: ['busy', '●'],
  expected: ['busy', '○'],
}

export function mark(state: string): Html {
  const [kind, sign] = marks[state] ?? ['none', '?']
  return html`<span class="mark ${kind}" title="${state}">${sign}</span>`
}

export function checkList(lines: Line[]): Html {
  return html`${lines.map(
    (line) =>
      html`<div class="check">
        ${mark(line.state)}${
          line.address
            ? html`<a class="name" href="${line.address}">${line.name}</a>`
            : html`<span class="name">${line.name}</span>`
        }<span class="dim">${line.words}</span>${line.isRequired && html`<span class="badge">Required</span>`}
      </div>`,
  )}`
}

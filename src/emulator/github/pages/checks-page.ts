import type { CheckRun, Pull } from '../state.ts'
import { checkLines, checkList, latestRuns, mark } from './check-list.ts'
import { html, type Html } from './html.ts'
import { layout, moment, pullAddress, pullHead, type PageContext } from './layout.ts'
import { markdown } from './markdown.ts'

export function checksPage(context: PageContext, pull: Pull): string {
  const runs = latestRuns(pull).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const body = html`${pullHead(pull, 'checks')}
    <p class="meta">On <span class="sha">${pull.headSha.slice(0, 7)}</span></p>
    <div class="box">${checkList(checkLines(pull))}</div>
    ${runs.map((run) => shownRun(pull, run))}`
  return layout(context, 'pulls', `Checks of #${pull.number}`, body)
}

function shownRun(pull: Pull, run: CheckRun): Html {
  const { title, summary, text } = run.output
  const details = run.detailsUrl && html` · <a href="${run.detailsUrl}">Details</a>`
  const took = run.completedAt
    ? html`completed ${moment(run.completedAt)}`
    : html`since ${moment(run.startedAt)}`
  const action = `${pullAddress(pull)}/checks/${run.id}`
  return html`<div class="box" id="run-${run.id}">
    <div class="head">
      ${mark(run.conclusion ?? run.status)}<b>${run.name}</b> by ${run.suite.app.name},
      ${run.conclusion ?? run.status}, ${took}${details}
    </div>
    <div class="body">
      ${title && html`<h3>${title}</h3>`}${summary && markdown(summary)}${text && markdown(text)}${annotations(run)}
      <form class="actions" method="post" action="${action}">
        ${run.actions.map((each) => html`<button name="identifier" value="${each.identifier}" title="${each.description}">${each.label}</button>`)}<button
          name="identifier"
          value=""
        >
          Run again
        </button>
      </form>
    </div>
  </div>`
}

const levels: Record<string, string> = { failure: 'failure', warning: 'action_required', notice: 'neutral' }

function annotations(run: CheckRun): Html | false {
  if (run.annotations.length === 0) return false
  return html`<h4>Annotations</h4>
    ${run.annotations.map(
      (each) =>
        html`<div class="check">
          ${mark(levels[String(each.annotation_level)] ?? 'neutral')}<code
            >${String(each.path)}:${String(each.start_line)}</code
          ><span>${String(each.message)}</span>
        </div>`,
    )}`
}

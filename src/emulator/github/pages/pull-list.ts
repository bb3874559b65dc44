import type { Pull } from '../state.ts'
import { checkLines, mark } from './check-list.ts'
import { html, type Html } from './html.ts'
import { layout, moment, pullAddress, stateBadge, type PageContext } from './layout.ts'

export function pullListPage(context: PageContext, wanted: string | null): string {
  const all = [...context.repository.pulls.values()].toReversed()
  const shown = all.filter((pull) => (wanted === 'closed' ? pull.state === 'closed' : pull.state === 'open'))
  const open = all.filter((pull) => pull.state === 'open').length
  const body = html`<h1>Pull requests</h1>
    <p class="meta"><a href="?">${open} open</a> · <a href="?state=closed">${all.length - open} closed</a></p>
    <div class="box">
      ${
        shown.length > 0
          ? html`<table class="list">
              ${shown.map(row)}
            </table>`
          : html`<div class="body">None here. Edit a file under <b>Code</b> to open one.</div>`
      }
    </div>`
  return layout(context, 'pulls', 'Pull requests', body)
}

function row(pull: Pull): Html {
  const [worst] = checkLines(pull).toSorted((a, b) => rank(a.state) - rank(b.state))
  const day =
    pull.state === 'open'
      ? html`opened ${moment(pull.createdAt)}`
      : html`closed ${moment(pull.closedAt ?? pull.updatedAt)}`
  return html`<tr>
    <td>
      <a class="title" href="${pullAddress(pull)}">${pull.title}</a> ${worst && mark(worst.state)}
      <small
        >#${pull.number} ${day} by ${pull.author.login}, <span class="branch">${pull.headBranch}</span></small
      >
    </td>
    <td class="right">${stateBadge(pull)}</td>
  </tr>`
}

const order = [
  'failure',
  'error',
  'timed_out',
  'action_required',
  'in_progress',
  'pending',
  'queued',
  'expected',
  'success',
]

function rank(state: string): number {
  const found = order.indexOf(state)
  return found < 0 ? order.length : found
}

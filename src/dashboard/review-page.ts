import { html } from 'hono/html'
import { formatObjectId } from '../domain/kubernetes-object.ts'
import type { ObjectDiff, RepositoryDiff, TargetDiff } from '../domain/object-diff.ts'
import type { Verdict } from '../domain/verdict.ts'
import { noteCodes } from '../features/diff/dangers.ts'
import { type Html, instant, layout, webLink } from './layout.ts'

/** What the review journey keeps for the page of the whole diff. */
export interface ReviewPage {
  title: string
  url: string
  head: string
  verdicts: Verdict[]
  diff: RepositoryDiff
}

/** With more objects than this, each is folded until somebody opens it. */
const mostOpen = 50

/** The whole rendered diff, without the size limits of a comment. */
export function reviewPage(name: string, number: string, page: ReviewPage): Html {
  const objects = page.diff.targets.reduce((sum, { objects }) => sum + objects.length, 0)
  return layout(
    `#${number} ${page.title}`,
    html`<h1>${page.title} ${webLink(page.url, `${name}#${number}`)}</h1>
      <p class="empty">
        at <code>${page.head.slice(0, 7)}</code>: ${count(objects, 'object')} in
        ${count(page.diff.targets.length, 'target')}
      </p>
      <ul class="card gates">
        ${page.verdicts.map(gate)}
      </ul>
      ${
        objects === 0
          ? html`<p class="empty">Nothing renders differently.</p>`
          : html`<input type="search" placeholder="Find an object" aria-label="Find an object" />`
      }
      ${page.diff.targets.map((target) => targetSection(target, objects <= mostOpen))}`,
  )
}

function gate({ gate, outcome, reason, details, until, fix }: Verdict): Html {
  return html`<li class="${outcome}">
    <b>${gate}</b>
    <span class="chip ${outcome}">${outcome}</span>
    <div>
      ${reason} ${outcome === 'pass' ? '' : details.map((detail) => html`<small>${detail}</small>`)}
      ${until === undefined ? '' : html`<small>until ${instant(until)}</small>`}
      ${outcome === 'pass' || !fix ? '' : html`<small>→ ${fix}</small>`}
    </div>
  </li>`
}

function targetSection({ target, source, objects }: TargetDiff, isOpen: boolean): Html {
  return html`<section>
    <h2>
      ${target.application} <span>${target.environment} / ${target.cluster}</span> <code>${source}</code>
    </h2>
    ${objects.map((object) => objectDetails(object, isOpen))}
  </section>`
}

function objectDetails(object: ObjectDiff, isOpen: boolean): Html {
  const { change, from, dangers, hunks, foldedLines } = object
  return html`<details class="card object" data-find ${isOpen ? 'open' : ''}>
    <summary>
      <span class="chip ${change}">${change}</span> ${formatObjectId(object)}
      ${from ? html`<small>was ${formatObjectId(from)}</small>` : ''}
    </summary>
    ${dangers.map(({ code, sentence }) => html`<p class="${noteCodes.has(code) ? 'note' : 'danger'}">${sentence}</p>`)}
    <pre>
${hunks.map((hunk, index) => html`${index > 0 ? html`<span class="gap">⋯</span>` : ''}${hunk.lines.map(line)}`)}</pre>
    ${foldedLines > 0 ? html`<p class="folded">${count(foldedLines, 'line')} of noise folded</p>` : ''}
  </details>`
}

function line(text: string): Html {
  const kind = text.startsWith('+') ? 'plus' : text.startsWith('-') ? 'minus' : 'same'
  return html`<span class="${kind}">${text}</span>`
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`
}

import { html, raw } from 'hono/html'
import type { Hunk } from '../domain/object-diff.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { PageGroup, PageObject, ReviewPage } from '../features/review/review-page.ts'
import { hunkHead } from '../features/review/show-groups.ts'
import { type Html, instant, layoutAround, webLink } from './layout.ts'

/** With more objects than this, each is folded until somebody opens it. */
const mostOpen = 50

/**
 * The whole rendered diff, without the size limits of a comment, piece by piece: what stands at the top is sent before the
 * first object is read. A part that is not there any more is said where it is missing.
 */
export async function* reviewPage(
  pull: { name: string; number: string; login?: string },
  page: ReviewPage,
  readPart: (key: string) => Promise<PageObject[] | undefined>,
): AsyncGenerator<Html> {
  const objects = page.groups.reduce((sum, group) => sum + group.objects, 0)
  const { before, after } = await layoutAround(`#${pull.number} ${page.title}`, { login: pull.login })
  yield before
  yield pageHead(`${pull.name}#${pull.number}`, page, objects)
  let environment: string | undefined
  for (const group of page.groups) {
    if (group.environment !== environment) yield environmentHead(group)
    environment = group.environment
    // Opened here and closed below: its objects are sent one part after the other.
    yield raw(`<section id="${group.anchor}" data-group>`)
    yield groupHead(group)
    for (const key of group.parts) {
      const members = await readPart(key)
      if (!members)
        yield html`<p class="note">This part is not kept any more. Comment /recheck on the pull request.</p>`
      for (const object of members ?? []) yield objectDetails(group, object, objects <= mostOpen)
    }
    yield raw('</section>')
  }
  yield after
}

function pageHead(name: string, page: ReviewPage, objects: number): Html {
  const dangers = page.dangers.filter(({ isNote }) => !isNote)
  return html`<h1>${page.title} ${webLink(page.url, name)}</h1>
    <p class="empty">
      ${objects === 0 ? 'Nothing renders differently' : `${count(objects, 'object')} of ${count(new Set(page.groups.map(({ application }) => application)).size, 'application')} in ${count(new Set(page.groups.map(({ environment }) => environment)).size, 'environment')}`}:
      <code>${page.head.slice(0, 7)}</code> merged into <code>${page.base.slice(0, 7)}</code>
    </p>
    ${
      dangers.length === 0
        ? ''
        : html`<ul class="card dangers" aria-label="Dangers">
            ${dangers.map(
              ({ sentence, object, where, anchor }) =>
                html`<li>
                  <b>${sentence}</b><br /><a href="#${anchor}"><code>${object}</code></a> ${where}
                </li>`,
            )}
          </ul>`
    }
    <details class="card" ${page.verdicts.every(({ outcome }) => outcome === 'pass') ? '' : 'open'}>
      <summary>Gates</summary>
      <ul class="gates">
        ${page.verdicts.map(gate)}
      </ul>
    </details>
    ${objects === 0 ? '' : toolbar(page)}`
}

/** Finding, folding and jumping need the script; what they act on is all on the page without it. */
function toolbar({ groups }: ReviewPage): Html {
  return html`<div class="tools sticky">
      <input
        type="search"
        placeholder="Find by application, environment, kind or name ( / )"
        aria-label="Find by application, environment, kind or name"
      />
      <span id="found" role="status"></span>
      <span class="buttons"
        ><button type="button" data-fold="open" hidden>Open all</button
        ><button type="button" data-fold="close" hidden>Close all</button></span
      >
    </div>
    <details class="card contents" ${groups.length > 12 ? '' : 'open'}>
      <summary>${count(groups.length, 'change')} by application and environment</summary>
      <ul>
        ${groups.map(
          (group) =>
            html`<li data-find="${findable(group)}">
              <a href="#${group.anchor}">${group.application}</a> <span>in ${group.environment}</span>
              ${group.edits === '' ? '' : html`<span>${group.edits}</span>`} ${lineCounts(group)}
            </li>`,
        )}
      </ul>
    </details>`
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

function environmentHead({ environment, requests }: PageGroup): Html {
  return html`<h2 data-heading>${environment}</h2>
    ${requests ? html`<p class="empty">Pods ask for: ${requests}</p>` : ''}`
}

function groupHead(group: PageGroup): Html {
  const { anchor, application, clusters, environment, source, because, sameAs, moves } = group
  const isPlain = clusters.length === 1 && clusters[0] === environment
  return html`<h3>
      <a href="#${anchor}">${application}</a> ${isPlain ? '' : html`<span>${clusters.join(', ')}</span>`}
      ${moves ? html`<span>${moves}</span>` : ''} ${lineCounts(group)}
      <code>${source}</code>${because ? html` <span>${because}</span>` : ''}
    </h3>
    ${sameAs === undefined ? '' : html`<p class="empty">The same as in ${sameAs}.</p>`}`
}

function lineCounts({ plusLines, minusLines }: PageGroup): Html {
  return html`<span class="lines"><ins>+${plusLines}</ins> <del>−${minusLines}</del></span>`
}

function objectDetails(group: PageGroup, object: PageObject, isOpen: boolean): Html {
  const { anchor, change, name, from, move, restart, dangers, hunks, foldedLines } = object
  const shown = isOpen && group.sameAs === undefined
  return html`<details
    class="card object"
    id="${anchor}"
    data-find="${findable(group)} ${name} ${change}"
    ${shown ? 'open' : ''}
  >
    <summary>
      <span class="chip ${change}">${change}</span> ${name} ${from ? html`<small>was ${from}</small>` : ''}
      ${move ? html`<small>${move}</small>` : ''} ${restart ? html`<small>${restart}</small>` : ''}
      ${dangers.some(({ isNote }) => !isNote) ? html`<span class="chip block">look here</span>` : ''}
    </summary>
    ${dangers.map(({ sentence, isNote }) => html`<p class="${isNote ? 'note' : 'danger'}">${sentence}</p>`)}
    ${hunks.length === 0 ? '' : html`<pre>${hunks.map(hunkLines)}</pre>`}
    ${foldedLines > 0 ? html`<p class="folded">${count(foldedLines, 'line')} of noise folded</p>` : ''}
  </details>`
}

/** What the filter looks at. */
function findable({ application, environment, clusters }: PageGroup): string {
  return [application, environment, ...clusters].join(' ')
}

function hunkLines(hunk: Hunk): Html {
  return html`<span class="gap">${hunkHead(hunk)}</span
    >${runsOf(hunk.lines).map(({ kind, text }) => html`<span class="${kind}">${text}</span>`)}`
}

const kinds = new Map([
  ['+', 'plus'],
  ['-', 'minus'],
])

/** Neighbouring lines of one kind as one text: a large diff has far fewer runs than lines. */
function runsOf(lines: readonly string[]): { kind: string; text: string }[] {
  const runs: { kind: string; lines: string[] }[] = []
  for (const line of lines) {
    const kind = kinds.get(line.charAt(0)) ?? 'same'
    if (runs.at(-1)?.kind !== kind) runs.push({ kind, lines: [] })
    runs.at(-1)?.lines.push(line)
  }
  return runs.map(({ kind, lines: members }) => ({ kind, text: members.join('\n') }))
}

function count(number: number, one: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : `${one}s`}`
}

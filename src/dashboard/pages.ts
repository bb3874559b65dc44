import { html, raw } from 'hono/html'
import type { AuditRow } from '../domain/audit.ts'
import type { RepositoryDiff } from '../domain/object-diff.ts'
import { formatObjectId } from '../domain/kubernetes-object.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Board, BoardCell } from './board.ts'
import { stylesheet } from './stylesheet.ts'

type Html = ReturnType<typeof html>

/** What the review journey keeps for the page of the whole diff. */
export interface ReviewPage {
  title: string
  url: string
  head: string
  verdicts: Verdict[]
  diff: RepositoryDiff
}

export function layout(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Drawbridge</title>
        <style>
          ${raw(stylesheet)}
        </style>
      </head>
      <body>
        <header>
          <a href="/">Drawbridge</a>
          <nav><a href="/">Board</a><a href="/audit">Audit</a></nav>
        </header>
        <main>${content}</main>
      </body>
    </html>`
}

/** Reads itself again whenever the server says that something changed. */
export function boardPage(boards: Board[]): Html {
  return layout(
    'Board',
    html`<div id="live">${boardFragment(boards)}</div>
      <script>
        ${raw(`new EventSource('/events').onmessage = async () => {
          const answer = await fetch('/board')
          if (answer.ok) document.getElementById('live').innerHTML = await answer.text()
        }`)}
      </script>`,
  )
}

export function boardFragment(boards: Board[]): Html {
  if (boards.length === 0)
    return html`<p class="empty">
      Nothing is released yet. A repository appears here after its first baseline.
    </p>`
  return html`${boards.map(
    (board) =>
      html`<section>
        <h1>${board.repository}</h1>
        <table class="board">
          <thead>
            <tr>
              <th rowspan="2">application</th>
              ${board.environments.map(({ name, clusters }) => html`<th colspan="${clusters.length}">${name}</th>`)}
            </tr>
            <tr>
              ${board.environments.flatMap(({ clusters }) => clusters.map((cluster) => html`<th class="cluster">${cluster}</th>`))}
            </tr>
          </thead>
          <tbody>
            ${board.rows.map(
              ({ application, cells }) =>
                html`<tr>
                  <th>${application}</th>
                  ${cells.map(cell)}
                </tr>`,
            )}
          </tbody>
        </table>
      </section>`,
  )}`
}

function cell(content: BoardCell | undefined): Html {
  if (!content) return html`<td></td>`
  const { phase, revision, pull, reason, since, drift } = content
  return html`<td class="phase ${phase}" title="${reason}">
    <b>${phase}</b>
    <code>${revision.slice(0, 7)}</code>${pull === undefined ? '' : html` <span>#${pull}</span>`}
    <small>${instant(since)}</small>
    ${drift ? html`<small class="drift">drift ${drift.healed ? 'healed' : 'found'}: ${drift.object}${drift.manager ? ` (${drift.manager})` : ''}</small>` : ''}
    ${phase === 'healthy' ? '' : html`<small>${reason}</small>`}
  </td>`
}

/** The whole rendered diff, without the size limits of a comment. */
export function reviewPage(name: string, number: string, page: ReviewPage): Html {
  return layout(
    `#${number} ${page.title}`,
    html`<h1>${page.title} <a href="${page.url}">${name}#${number}</a></h1>
      <ul class="gates">
        ${page.verdicts.map(({ gate, outcome, reason }) => html`<li class="${outcome}"><b>${gate}</b> ${reason}</li>`)}
      </ul>
      <input type="search" placeholder="Find an object" oninput="${raw(filterScript)}" />
      ${page.diff.targets.map(
        ({ target, source, objects }) =>
          html`<h2>
              ${target.application} <span>${target.environment} / ${target.cluster}</span>
              <code>${source}</code>
            </h2>
            ${objects.map(
              (object) =>
                html`<details class="object" open>
                  <summary><b>${object.change}</b> ${formatObjectId(object)}</summary>
                  ${object.dangers.map(({ sentence }) => html`<p class="danger">${sentence}</p>`)}
                  <pre>${object.hunks.map(({ lines }) => lines.map(line))}</pre>
                </details>`,
            )}`,
      )}`,
  )
}

const filterScript = `for (const object of document.querySelectorAll('.object')) object.hidden = !object.textContent.toLowerCase().includes(this.value.toLowerCase())`

function line(text: string): Html {
  const kind = text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same'
  return html`<span class="${kind}">${text}</span>`
}

export function auditPage(rows: AuditRow[]): Html {
  return layout(
    'Audit',
    html`<h1>Audit</h1>
      <table class="audit">
        <thead>
          <tr>
            <th>when</th>
            <th>what</th>
            <th>who</th>
            <th>subject</th>
            <th>why</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ at, what, actor, subject, reason }) =>
              html`<tr>
                <td>${instant(at)}</td>
                <td>${what}</td>
                <td>${actor}</td>
                <td><code>${subject}</code></td>
                <td>${reason}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
  )
}

/** `2026-11-19 14:30:05 UTC` */
function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

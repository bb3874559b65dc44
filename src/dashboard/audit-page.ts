import { html } from 'hono/html'
import type { AuditRow } from '../domain/audit.ts'
import { type Html, instant, layout } from './layout.ts'

/** What was done, newest as the store lists it; with a subject, only what was done to that. */
export function auditPage(rows: AuditRow[], subject: string | undefined, login?: string): Html {
  return layout(
    'Audit',
    html`<div class="tools">
        <h1>Audit ${subject === undefined ? '' : html`<span>of <code>${subject}</code></span>`}</h1>
        <input type="search" placeholder="Find a line" aria-label="Find a line" />
      </div>
      ${
        rows.length === 0
          ? html`<p class="empty">Nothing is recorded${subject === undefined ? ' yet' : ' of it'}.</p>`
          : auditTable(rows)
      }`,
    { active: '/audit', login },
  )
}

function auditTable(rows: AuditRow[]): Html {
  return html`<section class="card scroll">
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
            html`<tr data-find>
              <td>${instant(at)}</td>
              <td><span class="chip">${what}</span></td>
              <td>${actor}</td>
              <td>
                <a href="/audit?subject=${encodeURIComponent(subject)}"><code>${subject}</code></a>
              </td>
              <td>${reason}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

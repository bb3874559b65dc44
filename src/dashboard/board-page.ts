import { html } from 'hono/html'
import type { Release, ReleasePhase } from '../domain/release.ts'
import type { Board, BoardCell } from './board.ts'
import { type Html, instant, layout, reviewAddress } from './layout.ts'
import { timelineAddress } from './timeline-page.ts'

/** Reads itself again whenever the server says that something changed. */
export function boardPage(boards: Board[], login?: string): Html {
  return layout(
    'Board',
    html`<div class="tools">
        <h1>Releases</h1>
        <input type="search" placeholder="Find an application" aria-label="Find an application" />
      </div>
      <div id="live" data-source="/board">${boardFragment(boards)}</div>`,
    { active: '/', login },
  )
}

export function boardFragment(boards: Board[]): Html {
  if (boards.length === 0) {
    return html`<p class="empty">
      Nothing is released yet. A repository appears here after its first baseline.
    </p>`
  }
  return html`${boards.map(section)}`
}

function section(board: Board): Html {
  const places = board.environments.flatMap(({ name, clusters }) => clusters.map(() => name))
  return html`<section class="card">
    <h2>${board.repository}${summary(board)}</h2>
    <div class="scroll">
      <table class="board">
        <thead>
          <tr>
            <th rowspan="2">application</th>
            ${board.environments.map(
              ({ name, clusters }) => html`<th class="environment" colspan="${clusters.length}">${name}</th>`,
            )}
          </tr>
          <tr>
            ${board.environments.flatMap(({ clusters }) =>
              clusters.map((cluster) => html`<th class="cluster">${cluster}</th>`),
            )}
          </tr>
        </thead>
        <tbody>
          ${board.rows.map(
            ({ application, cells }) =>
              html`<tr data-find>
                <th scope="row">${application}</th>
                ${cells.map((content, index) => cell(board.repository, { application, environment: places[index] ?? '' }, content))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

/** Worst first. */
const phases: ReleasePhase[] = [
  'degraded',
  'refused',
  'unreachable',
  'progressing',
  'applying',
  'pending',
  'healthy',
]

/** `1 degraded`, `11 healthy`: how many targets are in which phase. */
function summary({ rows }: Board): Html {
  const cells = rows.flatMap((row) => row.cells.filter((content) => content !== undefined))
  const counts = phases
    .map((phase) => ({ phase, count: cells.filter((content) => content.phase === phase).length }))
    .filter(({ count }) => count > 0)
  return html`<span class="counts"
    >${counts.map(({ phase, count }) => html`<span class="chip ${phase}">${count} ${phase}</span>`)}</span
  >`
}

function cell(
  repository: string,
  { application, environment }: { application: string; environment: string },
  content: BoardCell | undefined,
): Html {
  if (!content) return html`<td class="none"></td>`
  const { phase, revision, pull, reason, since, drift, pause } = content
  return html`<td class="phase ${phase}" title="${reason}">
    <div class="head">
      <b>${phase}</b>
      <a href="${timelineAddress(repository, environment, application)}"
        ><code>${revision.slice(0, 7)}</code></a
      >
      ${pull === undefined ? '' : html`<a href="${reviewAddress(repository, pull)}">#${pull}</a>`}
    </div>
    <small>${instant(since, 'minute')}</small>
    ${(phase === 'healthy' && pause === undefined) || reason === '' ? '' : html`<small class="reason">${reason}</small>`}
    ${drift ? html`<small class="drift">${describeDrift(drift)}</small>` : ''}
  </td>`
}

/** `drift healed: Deployment shop/checkout (kubectl-edit)` */
function describeDrift({ healed, object, manager }: NonNullable<Release['drift']>): string {
  return `drift ${healed ? 'healed' : 'found'}: ${object}${manager ? ` (${manager})` : ''}`
}
